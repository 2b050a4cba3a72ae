import Credentials
import ImageModel

/// Keeps servers from being sent a wrong password again and again, which locks accounts (docker/hub-feedback#2201):
/// a log-in that a server has not accepted yet is tried by one at a time, and one that it has refused rests for a
/// minute.
package actor LoginGate {
  enum Verdict: Sendable {
    case accepted
    /// With what whoever tries it next is told.
    case refused(CheckFailure)
    /// The answer says nothing about the log-in.
    case unknown
  }

  /// A log-in at the server that it goes to: a registry or a token server, of however many registries.
  struct Key: Hashable, Sendable {
    /// `https://host:port`.
    let origin: String
    let login: Login
  }

  static let restMilliseconds: Int64 = 60_000
  /// A helper makes a new log-in every few minutes, and what became of old ones is of no use.
  private static let keptCount = 256

  private enum State {
    case accepted
    case refused(CheckFailure, until: BootTime)
    case tried(waiting: [AsyncStream<Void>.Continuation])
  }

  private var states: [Key: State] = [:]

  package init() {}

  /// Sends a log-in, when it may be.
  ///
  /// - Parameter body: sends it, and says what its answer means for it. Its failure says nothing.
  /// - Throws: what `body` throws, or the refusal of a moment ago.
  nonisolated func attempt<T: Sendable>(
    _ key: Key, now: @Sendable () -> BootTime, _ body: () async throws(CheckFailure) -> (T, Verdict)
  ) async throws(CheckFailure) -> T {
    let isFirst = try await enter(key, now: now)
    do throws(CheckFailure) {
      let (value, verdict) = try await body()
      await leave(key, verdict, isFirst: isFirst, at: now())
      return value
    } catch {
      await leave(key, .unknown, isFirst: isFirst, at: now())
      throw error
    }
  }

  /// Whether the server has taken it.
  func isAccepted(_ key: Key) -> Bool { if case .accepted = states[key] { true } else { false } }

  /// Waits until the log-in may be sent. Whoever was let in leaves again, with what came of it.
  ///
  /// - Returns: whether it is tried for the first time, and everybody else waits for that.
  /// - Throws: the refusal of a moment ago.
  private func enter(_ key: Key, now: @Sendable () -> BootTime) async throws(CheckFailure) -> Bool {
    while true {
      guard !Task.isCancelled else {
        throw CheckFailure(.network, "given up before the log-in was tried", remedy: "try again later")
      }
      switch states[key] {
      case .accepted: return false
      case .refused(let failure, let until) where until > now(): throw failure
      case .tried(let waiting):
        let (end, continuation) = AsyncStream<Void>.makeStream()
        states[key] = .tried(waiting: waiting + [continuation])
        // Ends as well when the task is cancelled.
        for await _ in end {}
      case .refused, nil:
        makeRoom(at: now())
        states[key] = .tried(waiting: [])
        return true
      }
    }
  }

  /// Of those that were let in when it was known to be right, only a refusal counts: it may have become wrong.
  private func leave(_ key: Key, _ verdict: Verdict, isFirst: Bool, at now: BootTime) {
    let before = states[key]
    switch verdict {
    case .refused(let failure): states[key] = .refused(failure, until: now + Self.restMilliseconds)
    case .accepted where isFirst: states[key] = .accepted
    case .unknown where isFirst: states[key] = nil
    case .accepted, .unknown: return
    }
    if case .tried(let waiting) = before { for other in waiting { other.finish() } }
  }

  private func makeRoom(at now: BootTime) {
    guard states.count >= Self.keptCount else { return }
    states = states.filter {
      switch $0.value {
      case .accepted: false
      case .refused(_, let until): until > now
      case .tried: true
      }
    }
  }
}
