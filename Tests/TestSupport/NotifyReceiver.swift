import Glibc

/// In systemd's place: the datagram socket on which it hears from a service.
package final class NotifyReceiver {
  package enum Place: Sendable {
    case path(String)
    /// Its name, without the sign for it.
    case abstract(String)
  }

  package struct Message: Sendable {
    package let text: String
    /// Not before it was sent.
    package let at: ContinuousClock.Instant

    package var lines: [String] { text.split(separator: "\n").map(String.init) }
  }

  struct Failure: Error {
    let code: Int32
  }

  /// For `NOTIFY_SOCKET`.
  package let name: String
  private let descriptor: Int32
  private var received: [Message] = []

  package init(_ place: Place) throws {
    let path: [UInt8]
    switch place {
    case .path(let text): (name, path) = (text, Array(text.utf8) + [0])
    case .abstract(let text): (name, path) = ("@" + text, [0] + Array(text.utf8))
    }
    let address = withUnsafeBytes(of: sa_family_t(AF_UNIX), Array.init) + path
    let flags = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    descriptor = socket(AF_UNIX, flags, 0)
    let bound = address.withUnsafeBytes {
      bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
    guard bound == 0 else { throw Failure(code: errno) }
  }

  deinit { close(descriptor) }

  /// Everything so far, in the order received; what has come since the last call is read now.
  package var messages: [Message] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count >= 0 else { return received }
      received.append(Message(text: String(decoding: buffer[..<count], as: UTF8.self), at: .now))
    }
  }

  /// The lines of all messages so far.
  package var lines: [String] { messages.flatMap(\.lines) }

  package func has(_ line: String) -> Bool { lines.contains(line) }
}
