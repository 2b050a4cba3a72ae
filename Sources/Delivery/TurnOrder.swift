import ImageModel

/// Whose turn it is at a receiver that refuses some of what it is sent. Pure.
///
/// A tag whose event is refused lets the others have a turn first, and more of them each time that it is refused though
/// it went first: so one that is never taken does not hold up the others, and one that was only unlucky waits no longer
/// than the others do. While nothing is refused, the order is that of recording.
struct TurnOrder: Sendable {
  private static let mostTurns = 64
  /// After so many events a turn is over, also if there are tags that had none: there may always be more of them.
  private static let longestTurn = 64
  /// More than that are forgotten, and the order begins anew.
  private static let mostTags = 1_024

  /// Turns that tags have had, the least that any of them had since.
  private var turns: [TagID: Int] = [:]
  private var least = 0
  /// Events since it was raised.
  private var ended = 0
  private var refusals: [TagID: (sequence: EventSequence, count: Int)] = [:]

  /// Items that were refused, and whose turn has not come again.
  var postponed: [EventSequence] { refusals.filter { turns[$0.key, default: least] > least }.map(\.value.sequence) }

  func wasRefused(_ item: OutboxItem) -> Bool { refusals[item.tag]?.sequence == item.sequence }

  /// It is delivered, or put off.
  mutating func ended(_ item: OutboxItem) {
    guard !refusals.isEmpty else { return }
    refusals[item.tag] = nil
    turns[item.tag, default: least] += 1
    ended += 1
    if ended >= Self.longestTurn { raise(to: least + 1) }
    if refusals.isEmpty || turns.count > Self.mostTags { self = TurnOrder() }
  }

  /// It waits for somebody to ask for it.
  mutating func gaveUp(_ item: OutboxItem) {
    turns[item.tag] = nil
    refusals[item.tag] = nil
    if refusals.isEmpty { self = TurnOrder() }
  }

  private mutating func raise(to turn: Int) {
    guard turn > least else { return }
    least = turn
    ended = 0
    turns = turns.filter { $0.value > turn }
  }

  /// - Parameter wentFirst: nothing else was under way when it was sent.
  mutating func refused(_ item: OutboxItem, wentFirst: Bool) {
    let count = wasRefused(item) ? (refusals[item.tag]?.count ?? 0) + 1 : 1
    refusals[item.tag] = (item.sequence, count)
    guard count == 1 || wentFirst else { return }
    turns[item.tag, default: least] += min(Self.mostTurns, 1 << min(count - 1, 6))
  }

  /// Those whose turn it is first.
  mutating func sorted(_ items: [OutboxItem]) -> [OutboxItem] {
    guard !refusals.isEmpty else { return items }
    let sorted = items.sorted { (turn($0), $0.sequence) < (turn($1), $1.sequence) }
    if let first = sorted.first { raise(to: turn(first)) }
    return sorted
  }

  private func turn(_ item: OutboxItem) -> Int { turns[item.tag] ?? least }
}
