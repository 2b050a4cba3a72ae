import Glibc

/// The datagram socket on which systemd hears from a service. Source: sd_notify(3).
package final class NotifySocket: Sendable {
  package struct Unusable: Error {
    /// One line.
    package let reason: String
  }

  package let descriptor: Int32
  private let address: UnixSocketAddress

  /// - Parameter name: `$NOTIFY_SOCKET`: an absolute path, or `@` and the name of an abstract socket.
  package init(_ name: String) throws(Unusable) {
    guard name.utf8.count > 1, name.hasPrefix("/") || name.hasPrefix("@") else {
      throw Unusable(reason: "neither a path nor an abstract socket")
    }
    guard let address = UnixSocketAddress(name) else { throw Unusable(reason: "too long") }
    self.address = address
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Unusable(reason: SystemError(code: errno).description) }
  }

  deinit { close(descriptor) }

  /// Sends one datagram, or gives up at once where it would have to wait.
  ///
  /// - Returns: 0, or the `errno` for which it was not sent; `EAGAIN` when systemd has too much to read.
  package func send(_ message: String) -> Int32 {
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    let bytes = Array(message.utf8)
    let sent = address.withPointer { sendto(descriptor, bytes, bytes.count, flags, $0, $1) }
    return sent < 0 ? errno : 0
  }
}
