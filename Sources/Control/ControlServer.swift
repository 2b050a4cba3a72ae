import Dispatch
import Glibc
import Host
import ImageModel
import Synchronization

/// Listens on the control socket and lets requests be answered, a bounded number at a time.
package final class ControlServer: Sendable {
  package typealias Handler = @Sendable (ControlRequest, ControlProgress) async throws(ControlError) -> ControlReply

  private let path: String
  private let database: String
  private let group: gid_t
  private let handler: Handler
  // Dispatch sources may be used from any thread; the overlay on Linux does not say so.
  nonisolated(unsafe) private let source: any DispatchSourceRead
  private let queue = DispatchQueue(label: "watcher.control")
  private let open = Mutex(0)

  /// - Parameter database: the canonical path of the daemon's database.
  /// - Throws: why nobody can listen there, as one line.
  package init(path: String, database: String, handler: @escaping Handler) throws(ControlError) {
    let descriptor = try Self.listen(at: path)
    var info = stat()
    guard stat(path, &info) == 0 else {
      Glibc.close(descriptor)
      throw ControlError(.inputOutput, "\(path): \(SystemError(code: errno))")
    }
    self.path = path
    self.database = database
    group = info.st_gid
    self.handler = handler
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setCancelHandler { Glibc.close(descriptor) }
    source.setEventHandler { [weak self] in self?.accept(descriptor) }
    source.activate()
  }

  /// Takes no more connections, and the socket's file away.
  package func close() {
    unlink(path)
    source.cancel()
  }

  private static func listen(at path: String) throws(ControlError) -> Int32 {
    func failed(_ error: SystemError) -> ControlError { ControlError(.inputOutput, "\(path): \(error)") }
    guard let address = UnixSocketAddress(path) else { throw failed(SystemError(code: ENAMETOOLONG)) }
    // A socket that nobody listens at was left behind by a process that was killed.
    switch ControlSocket.connect(path, seconds: 1) {
    case .success(let other):
      Glibc.close(other)
      throw ControlError(.locked, "\(path): another daemon listens there: give each database a directory of its own")
    case .failure(let error) where error.code == EAGAIN:
      throw ControlError(
        .locked, "\(path): another daemon listens there, and does not answer: give each database a directory of its own"
      )
    case .failure: break
    }
    var info = stat()
    if lstat(path, &info) == 0 {
      guard info.st_mode & S_IFMT == S_IFSOCK else { throw failed(SystemError(code: EEXIST)) }
      unlink(path)
    }
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw failed(SystemError(code: errno)) }
    // Until its mode is set nobody but the owner can write to it, so nobody else can connect.
    guard address.withPointer({ bind(descriptor, $0, $1) }) == 0, chmod(path, 0o660) == 0,
      Glibc.listen(descriptor, Int32(ControlLimits.connections)) == 0
    else {
      let error = SystemError(code: errno)
      Glibc.close(descriptor)
      throw failed(error)
    }
    return descriptor
  }

  private func accept(_ listener: Int32) {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      guard descriptor >= 0 else { return pauseIfFull(errno) }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      let hasRoom = open.withLock { open in
        guard open < ControlLimits.connections else { return false }
        open += 1
        return true
      }
      // Without room the connection is closed without a word; the command says that nothing answers.
      guard hasRoom else {
        Glibc.close(descriptor)
        continue
      }
      let connection = ControlConnection(descriptor)
      Task {
        await serve(connection)
        open.withLock { $0 -= 1 }
      }
    }
  }

  /// Without a descriptor to spare the connection stays in line, and would be announced again at once.
  private func pauseIfFull(_ error: Int32) {
    guard error == EMFILE || error == ENFILE else { return }
    source.suspend()
    queue.asyncAfter(deadline: .now() + .seconds(1)) { self.source.resume() }
  }

  private func serve(_ connection: ControlConnection) async {
    let progress = ControlProgress()
    let answering = Task { await result(connection, progress) }
    let beats = Task {
      // Whoever does not take these has left, and nobody waits for the answer.
      if await !send(progress, connection) { answering.cancel() }
    }
    let answer = await answering.value
    beats.cancel()
    // One line at a time.
    await beats.value
    await send(answer, connection)
  }

  /// Says how far it has come, so that nobody takes a long request for a daemon that hangs.
  ///
  /// - Returns: false when the client takes nothing any more.
  private func send(_ progress: ControlProgress, _ connection: ControlConnection) async -> Bool {
    while (try? await Task.sleep(for: .seconds(ControlLimits.progressSeconds))) != nil {
      guard let counts = progress.json else { continue }
      guard await write(Self.line("progress", counts), connection) else { return false }
    }
    return true
  }

  private func send(_ answer: Result<ControlReply, ControlError>, _ connection: ControlConnection) async {
    var lines: [UInt8] = []
    switch answer {
    case .success(let reply):
      for item in reply.items {
        lines += Self.line("item", item.json)
        guard lines.count >= ControlLimits.writeBytes else { continue }
        guard await write(lines, connection) else { return }
        lines = []
      }
      lines += Self.line("result", reply.result)
    case .failure(let error):
      lines = Self.line(
        "error",
        .members([
          "status": .int(Int64(error.status.rawValue)), "code": .text(error.code?.rawValue),
          "message": .string(error.message),
        ]))
    }
    _ = await write(lines, connection)
  }

  private static func line(_ kind: StaticString, _ json: JSONOutput) -> [UInt8] {
    JSONOutput.object([.init("\(kind)", json)]).bytes + [UInt8(ascii: "\n")]
  }

  private func write(_ bytes: [UInt8], _ connection: ControlConnection) async -> Bool {
    await connection.write(bytes, within: ControlLimits.ioSeconds)
  }

  private func result(
    _ connection: ControlConnection, _ progress: ControlProgress
  ) async -> Result<ControlReply, ControlError> {
    do throws(ControlError) {
      return .success(try await answer(connection, progress))
    } catch {
      return .failure(error)
    }
  }

  private func answer(
    _ connection: ControlConnection, _ progress: ControlProgress
  ) async throws(ControlError) -> ControlReply {
    guard let peer = connection.peer, peer.isOwner || peer.isMember(of: group) else {
      throw ControlError(.permission, "the daemon does not take requests of this user: run as root")
    }
    let line = await connection.readLine(limit: ControlLimits.requestBytes, within: ControlLimits.ioSeconds)
    guard let line else { throw .noRequest }
    let (request, database) = try ControlRequest.parse(line)
    guard database == self.database else {
      throw .otherDatabase
    }
    if request.isForOwner, !peer.isOwner {
      throw ControlError(.permission, "only root and the daemon's own user may ask the daemon for that: use sudo")
    }
    return try await handler(request, progress)
  }
}
