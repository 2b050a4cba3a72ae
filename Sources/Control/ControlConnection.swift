import Dispatch
import Glibc
import Synchronization

/// The daemon's end of a connection: reads and writes without holding a thread, and everything has a deadline.
final class ControlConnection: Sendable {
  private let descriptor: Int32

  /// Takes over a non-blocking descriptor.
  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  var peer: ControlPeer? { ControlPeer(descriptor) }

  /// One line without its end; `nil` if none came in time, or one that is too long.
  func readLine(limit: Int, within seconds: Int) async -> [UInt8]? {
    let deadline = DispatchTime.now() + .seconds(seconds)
    var line: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 {
        line += chunk[..<count]
        if let end = line.firstIndex(of: UInt8(ascii: "\n")) { return Array(line[..<end]) }
        guard line.count <= limit else { return nil }
      } else if count < 0, errno == EAGAIN {
        guard await isReady(for: .reading, until: deadline) else { return nil }
      } else if count == 0 || errno != EINTR {
        return nil
      }
    }
  }

  /// False when the peer is gone or does not take it in time.
  func write(_ bytes: [UInt8], within seconds: Int) async -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0, errno == EAGAIN {
        // What is slow but goes on is no attack: each piece has the whole time.
        let deadline = DispatchTime.now() + .seconds(seconds)
        guard await isReady(for: .writing, until: deadline) else {
          return false
        }
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  private enum Purpose {
    case reading, writing
  }

  private func isReady(for purpose: Purpose, until deadline: DispatchTime) async -> Bool {
    let source: any DispatchSourceProtocol =
      switch purpose {
      case .reading: DispatchSource.makeReadSource(fileDescriptor: descriptor)
      case .writing: DispatchSource.makeWriteSource(fileDescriptor: descriptor)
      }
    let timer = DispatchSource.makeTimerSource()
    let wait = Wait(source, timer)
    return await withCheckedContinuation { continuation in
      source.setEventHandler { wait.end(true) }
      timer.setEventHandler { wait.end(false) }
      // Only then may the descriptor be closed.
      source.setCancelHandler { continuation.resume(returning: wait.isReady) }
      timer.schedule(deadline: deadline)
      source.activate()
      timer.activate()
    }
  }

  /// What ends first decides.
  private final class Wait: Sendable {
    // Dispatch sources may be used from any thread; the overlay on Linux does not say so.
    nonisolated(unsafe) private let source: any DispatchSourceProtocol
    nonisolated(unsafe) private let timer: any DispatchSourceProtocol
    private let answer = Mutex<Bool?>(nil)

    init(_ source: any DispatchSourceProtocol, _ timer: any DispatchSourceProtocol) {
      self.source = source
      self.timer = timer
    }

    var isReady: Bool { answer.withLock { $0 ?? false } }

    func end(_ isReady: Bool) {
      answer.withLock { $0 = $0 ?? isReady }
      timer.cancel()
      source.cancel()
    }
  }
}
