import Glibc
import Synchronization

/// A raw HTTP/1.1 server on 127.0.0.1 with a thread of its own per connection, so that it can misbehave in
/// ways no server library allows. The handler is called on those threads, several at a time, and may block.
package final class LoopbackServer: Sendable {
  /// Why the server cannot listen: the failing call and its `errno`.
  package struct SetUpError: Error {
    package let call: String
    package let code: Int32
  }

  package let port: Int
  private let shared: Shared
  private let acceptor: Mutex<JoinableThread?>

  /// `http://127.0.0.1:port`.
  package var origin: String { "http://127.0.0.1:\(port)" }
  /// `127.0.0.1:port`, the form in which an image reference names it.
  package var authority: String { "127.0.0.1:\(port)" }
  /// Every complete request so far, in the order received.
  package var requests: [ReceivedRequest] { shared.state.withLock { $0.requests } }
  /// Connections accepted so far.
  package var connectionCount: Int { shared.state.withLock { $0.accepted } }
  /// Connections open at the moment.
  package var openConnectionCount: Int { shared.state.withLock { $0.open.count } }

  /// Listens on a free port at once.
  package convenience init(handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse) throws {
    let (listener, port) = try Self.listen()
    try self.init(listener: listener, port: port, handler: handler)
  }

  /// Listens on a Unix socket, which it makes; the port is 0.
  package convenience init(
    socket path: String, handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse
  ) throws {
    try self.init(listener: Self.listen(path), port: 0, handler: handler)
  }

  private init(
    listener: Int32, port: Int, handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse
  ) throws {
    self.port = port
    let shared = Shared(handler: handler, listener: listener)
    self.shared = shared
    acceptor = Mutex(try JoinableThread { shared.acceptAll() })
  }

  /// Closes every connection and waits for all threads. Safe to call twice.
  package func stop() {
    guard let thread = acceptor.withLock({ $0.take() }) else { return }
    shared.closeAll()
    thread.join()
    shared.joinConnections()
    close(shared.listener)
  }

  deinit { stop() }

  private static func listen() throws -> (Int32, Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw SetUpError(call: "socket", code: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && Glibc.listen(listener, 1_024) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard bound else {
      let code = errno
      close(listener)
      throw SetUpError(call: "bind", code: code)
    }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func listen(_ path: String) throws -> Int32 {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw SetUpError(call: "socket", code: errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      close(listener)
      throw SetUpError(call: "bind", code: ENAMETOOLONG)
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && Glibc.listen(listener, 64) == 0
      }
    }
    guard bound else {
      let code = errno
      close(listener)
      throw SetUpError(call: "bind", code: code)
    }
    return listener
  }
}

/// What the server's threads share; the threads hold this and not the server, so that the server can go.
final class Shared: Sendable {
  struct State {
    var requests: [ReceivedRequest] = []
    var accepted = 0
    var open: Set<Int32> = []
    var running: [Int: JoinableThread] = [:]
    var finished: [Int] = []
    var isStopping = false
  }

  let handler: @Sendable (ReceivedRequest) -> ScriptedResponse
  let listener: Int32
  let state = Mutex(State())

  init(handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse, listener: Int32) {
    self.handler = handler
    self.listener = listener
  }

  func acceptAll() {
    while true {
      let socket = accept(listener, nil, nil)
      if socket < 0 {
        if state.withLock({ $0.isStopping }) { return }
        usleep(1_000)
        continue
      }
      joinFinished()
      serve(socket)
    }
  }

  private func serve(_ socket: Int32) {
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    // One lock around everything: the thread must find itself in `running`.
    state.withLock { state in
      guard !state.isStopping else {
        close(socket)
        return
      }
      state.accepted += 1
      let ordinal = state.accepted
      let thread = try? JoinableThread { [self] in
        LoopbackConnection(socket: socket, ordinal: ordinal, shared: self).run()
        self.state.withLock { state in
          state.open.remove(socket)
          state.finished.append(ordinal)
          close(socket)
        }
      }
      guard let thread else {
        close(socket)
        return
      }
      state.open.insert(socket)
      state.running[ordinal] = thread
    }
  }

  func closeAll() {
    state.withLock { state in
      state.isStopping = true
      for socket in state.open { shutdown(socket, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  func joinConnections() {
    let threads = state.withLock { state in
      defer { state.running = [:] }
      return Array(state.running.values)
    }
    for thread in threads { thread.join() }
  }

  private func joinFinished() {
    let threads = state.withLock { state in
      defer { state.finished = [] }
      return state.finished.compactMap { state.running.removeValue(forKey: $0) }
    }
    for thread in threads { thread.join() }
  }
}
