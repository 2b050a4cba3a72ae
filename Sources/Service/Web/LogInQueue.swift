/// Where passwords are looked at. One that is wrong takes a place for a while, and there are few, so nobody guesses
/// faster than that; one that is right takes none. Whoever finds all places taken waits, and one of the address that
/// waits most often is turned away for one too many: who waits is looked at after two pauses at the latest, and of
/// the answers that may be under way some are left to others.
actor LogInQueue {
  private static let places = 4
  private static let waiting = 8

  struct Waiter {
    let peer: String
    /// Whether it is its turn, or it is turned away.
    let turn: CheckedContinuation<Bool, Never>
  }

  private let pause: @Sendable () async -> Void
  private var taken = 0
  /// The longest first.
  private(set) var waiters: [Waiter] = []

  /// - Parameter pause: for how long one that is wrong takes a place.
  init(pause: @escaping @Sendable () async -> Void = second) { self.pause = pause }

  static let second: @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(1)) }

  /// - Returns: what `isRight` says; `nil` where it was not looked at.
  func admit(from peer: String, _ isRight: @Sendable () -> Bool) async -> Bool? {
    if taken < Self.places {
      taken += 1
    } else {
      guard await turn(of: peer) else { return nil }
    }
    defer { leave() }
    if isRight() { return true }
    // Also where nobody waits for the answer any more.
    await Task { [pause] in await pause() }.value
    return false
  }

  private func turn(of peer: String) async -> Bool {
    await withCheckedContinuation { turn in
      waiters.append(Waiter(peer: peer, turn: turn))
      guard waiters.count > Self.waiting else { return }
      let counts = Dictionary(grouping: waiters, by: \.peer).mapValues(\.count)
      // Of those that wait as often the one that came last.
      let most = waiters.indices.reversed().max { counts[waiters[$0].peer] ?? 0 < counts[waiters[$1].peer] ?? 0 } ?? 0
      waiters.remove(at: most).turn.resume(returning: false)
    }
  }

  /// The place goes to whoever waits longest.
  private func leave() {
    if waiters.isEmpty { taken -= 1 } else { waiters.removeFirst().turn.resume(returning: true) }
  }
}
