import Glibc

/// The datagram socket on which systemd hears from a service. Source: sd_notify(3); operations.md, 1.1.
final class NotifySocket: Sendable {
  struct Unusable: Error {
    /// One line.
    let reason: String
  }

  let descriptor: Int32
  /// A `sockaddr_un` of the exact length.
  private let address: [UInt8]

  /// - Parameter name: `$NOTIFY_SOCKET`: an absolute path, or `@` and the name of an abstract socket.
  init(_ name: String) throws(Unusable) {
    address = try Self.address(of: name)
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Unusable(reason: Self.text(errno)) }
  }

  deinit { close(descriptor) }

  /// Sends one datagram, or gives up at once where it would have to wait.
  ///
  /// - Returns: 0, or the `errno` for which it was not sent; `EAGAIN` when systemd has too much to read.
  func send(_ message: String) -> Int32 {
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    let bytes = Array(message.utf8)
    let sent = address.withUnsafeBytes { address in
      sendto(
        descriptor, bytes, bytes.count, flags, address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(address.count))
    }
    return sent < 0 ? errno : 0
  }

  static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

  private static func address(of name: String) throws(Unusable) -> [UInt8] {
    var path = Array(name.utf8)
    let isAbstract = path.first == UInt8(ascii: "@")
    guard path.count > 1, isAbstract || path.first == UInt8(ascii: "/") else {
      throw Unusable(reason: "neither a path nor an abstract socket")
    }
    // A path ends with a zero. An abstract name begins with one, and a zero at its end would be part of it.
    if isAbstract { path[0] = 0 } else { path.append(0) }
    let family = withUnsafeBytes(of: sa_family_t(AF_UNIX), Array.init)
    guard family.count + path.count <= MemoryLayout<sockaddr_un>.size else { throw Unusable(reason: "too long") }
    return family + path
  }
}
