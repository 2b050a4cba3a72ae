import Glibc

/// A plain client on loopback that does what a test tells it to.
package final class TCPClient {
  private let descriptor: Int32

  /// - Parameters:
  ///   - host: an address of loopback.
  ///   - source: another one, from which it comes.
  package init(port: Int, at host: String = "127.0.0.1", from source: String? = nil, timeoutSeconds: Int = 20) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    if let source { try Self.call(Glibc.bind, descriptor, source, 0) }
    try Self.call(connect, descriptor, host, port)
  }

  /// Binds or connects.
  private static func call(
    _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ descriptor: Int32, _ host: String, _ port: Int
  ) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Refused(errno: errno) }
  }

  package struct Refused: Error {
    package let errno: Int32
  }

  deinit { close(descriptor) }

  /// Whether it could be sent.
  @discardableResult
  package func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// What comes, up to where `end` has come as well; `nil` where the other side closes before, or says nothing for long.
  package func receive(to end: String) -> String? {
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: text, as: UTF8.self).contains(end) {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 { text += chunk[..<count] } else if count == 0 || errno != EINTR { return nil }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// How much came, of so much at once; 0 when the other side has closed, `nil` where it says nothing for long.
  package func receive(atMost count: Int) -> Int? {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = recv(descriptor, &bytes, count, 0)
    return received < 0 ? nil : received
  }

  /// Everything until the other side closes; `nil` if it has not within the timeout.
  package func receiveToEnd() -> String? {
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 {
        text += chunk[..<count]
      } else if count == 0 || errno == ECONNRESET {
        return String(decoding: text, as: UTF8.self)
      } else if errno != EINTR {
        return nil
      }
    }
  }

  /// A whole exchange.
  package static func exchange(
    _ request: String, port: Int, at host: String = "127.0.0.1", from source: String? = nil
  ) throws -> String? {
    let client = try TCPClient(port: port, at: host, from: source)
    client.send(request)
    return client.receiveToEnd()
  }

  package static func get(_ path: String, port: Int) throws -> String? {
    try exchange("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n", port: port)
  }
}

/// A port on which nobody listens, as far as can be known.
package func freePort() throws -> Int { try ClosedPort().number }

/// A port at which nobody listens, for as long as this is there: one that is merely free may be given to another test,
/// whose server would then answer.
package final class ClosedPort: Sendable {
  package let number: Int
  private let descriptor: Int32

  /// - Parameter number: a port that is free; 0 has the system choose one.
  package init(_ number: Int = 0) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    self.number = try Self.bind(descriptor, number)
  }

  deinit { close(descriptor) }

  private static func bind(_ descriptor: Int32, _ number: Int) throws -> Int {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    address.sin_port = in_port_t(number).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        Glibc.bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
      }
    }
    guard code == 0 else { throw TCPClient.Refused(errno: errno) }
    return Int(in_port_t(bigEndian: address.sin_port))
  }
}
