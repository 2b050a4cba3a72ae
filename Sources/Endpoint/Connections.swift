import NIOCore
import Synchronization

/// The connections that are open. Of those on which a request comes in or an answer is taken off, one too many has the
/// oldest closed, so clients that say nothing keep nobody out. None is closed for another while its answer is looked
/// for, nor while its answer goes on: these have limits of their own.
final class Connections: Sendable {
  private struct Open {
    /// The oldest first.
    var passing: [any Channel] = []
    var streams: [any Channel] = []
  }

  private let limits: (passing: Int, streams: Int)
  private let open = Mutex(Open())

  init(limit: Int, streams: Int) { limits = (limit, streams) }

  /// A request comes in, or of its answer more than a piece is to be taken off.
  func pass(_ channel: any Channel) {
    let oldest = open.withLock { open in
      open.passing.append(channel)
      return open.passing.count > limits.passing ? open.passing.removeFirst() : nil
    }
    oldest?.close(promise: nil)
    leaveWhenClosed(channel)
  }

  /// Its answer is looked for.
  func wait(_ channel: any Channel) { open.withLock { $0.passing.removeAll { $0 === channel } } }

  private func leaveWhenClosed(_ channel: any Channel) {
    channel.closeFuture.whenComplete { [self] _ in
      open.withLock { open in
        open.passing.removeAll { $0 === channel }
        open.streams.removeAll { $0 === channel }
      }
    }
  }

  /// Its answer goes on from now on.
  ///
  /// - Returns: false where there are too many of them.
  func stream(_ channel: any Channel) -> Bool {
    let isTaken = open.withLock { open in
      guard open.streams.count < limits.streams else { return false }
      open.streams.append(channel)
      return true
    }
    if isTaken { leaveWhenClosed(channel) }
    return isTaken
  }
}
