import NIOCore
import Synchronization

/// The connections that are open. One too many has the oldest closed, so clients that say nothing keep nobody out.
/// Those of answers that go on are counted apart, and none is closed for another.
final class Connections: Sendable {
  private struct Open {
    /// The oldest first.
    var ordinary: [any Channel] = []
    var streams: [any Channel] = []
  }

  private let limits: (ordinary: Int, streams: Int)
  private let open = Mutex(Open())

  init(limit: Int, streams: Int) { limits = (limit, streams) }

  func enter(_ channel: any Channel) {
    let oldest = open.withLock { open in
      open.ordinary.append(channel)
      return open.ordinary.count > limits.ordinary ? open.ordinary.removeFirst() : nil
    }
    oldest?.close(promise: nil)
    channel.closeFuture.whenComplete { [self] _ in
      open.withLock { open in
        open.ordinary.removeAll { $0 === channel }
        open.streams.removeAll { $0 === channel }
      }
    }
  }

  /// Its answer goes on from now on.
  ///
  /// - Returns: false where there are too many of them.
  func stream(_ channel: any Channel) -> Bool {
    open.withLock { open in
      guard open.streams.count < limits.streams else { return false }
      open.ordinary.removeAll { $0 === channel }
      open.streams.append(channel)
      return true
    }
  }
}

/// The answers that are looked for, also those that nobody waits for any more: each holds its request.
final class AnswersUnderWay: Sendable {
  private let limit: Int
  private let count = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// - Returns: false where there are too many.
  func enter() -> Bool {
    count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}
