import HeapModule
package import ImageModel

/// When what somebody hinted at is looked at: in a moment, and again later while nothing has changed, for a hint may
/// come before the registry shows what it tells of. However many hints there are, there are so many looks. Pure.
package struct HintPlan: Sendable {
  /// After a hint, in milliseconds.
  private static let looks = [Int64(Limits.hintSettleMilliseconds)] + Limits.hintLookSeconds.map { Int64($0) * 1_000 }
  private static let spacing = Int64(Limits.hintSpacingSeconds) * 1_000

  private struct Entry {
    /// Of the last hint.
    var hinted: BootTime
    /// When the first look is due, which hints that come before it do not put off.
    var first: BootTime
    /// How many looks there have been because of that.
    var made = 0
    /// When the last look was due.
    var last: BootTime?
    /// When its poll began, or a poll that came before.
    var began = BootTime.distantPast

    init(hinted now: BootTime) { (hinted, first) = (now, now + HintPlan.looks[0]) }

    /// No look is before.
    var earliest: BootTime { last.map { $0 + HintPlan.spacing } ?? first }

    /// The next look, or when the entry is not needed any more.
    var next: BootTime {
      guard made > 0, made < HintPlan.looks.count else { return made == 0 ? max(earliest, first) : earliest }
      return max(earliest, hinted + HintPlan.looks[made])
    }
  }

  private struct Turn: Comparable {
    let due: BootTime
    let index: Int

    static func < (a: Turn, b: Turn) -> Bool { a.due != b.due ? a.due < b.due : a.index < b.index }
  }

  /// By the index in the plan of polls.
  private var entries: [Int: Entry] = [:]
  /// One that is not its entry's next any more is dropped when it comes up.
  private var turns = Heap<Turn>()

  package init() {}

  package var count: Int { entries.count }

  /// Those that are yet to be looked at.
  package var awaited: [Int] { entries.filter { $0.value.made < Self.looks.count }.map(\.key) }

  /// When `due` has something, or something to forget.
  package var next: BootTime? { turns.min?.due }

  /// - Returns: false where there are so many that this one is left to its interval.
  @discardableResult
  package mutating func hint(_ index: Int, at now: BootTime) -> Bool {
    guard var entry = entries[index] else {
      guard entries.count < Limits.hintedTags || makeRoom(at: now) else { return false }
      enter(Entry(hinted: now), index)
      return true
    }
    let before = entry.next
    if entry.made > 0 { entry.first = now + Self.looks[0] }
    (entry.hinted, entry.made) = (now, 0)
    entries[index] = entry
    if entry.next != before { turns.insert(Turn(due: entry.next, index: index)) }
    return true
  }

  /// Does without the later looks at one that has had the first.
  ///
  /// - Returns: false where there is none, or none that may be looked at again.
  private mutating func makeRoom(at now: BootTime) -> Bool {
    guard let seen = entries.first(where: { $0.value.made > 0 && $0.value.earliest <= now }) else { return false }
    entries[seen.key] = nil
    return true
  }

  /// What is to be looked at now.
  package mutating func due(at now: BootTime) -> [Int] {
    var due: [Int] = []
    while let turn = turns.min, turn.due <= now {
      turns.removeMin()
      guard var entry = entries[turn.index], entry.next == turn.due else { continue }
      guard entry.made < Self.looks.count else {
        entries[turn.index] = nil
        continue
      }
      due.append(turn.index)
      // A hint that has come since the one before is too young for this look, and has its first one later.
      entry.first = entry.hinted + Self.looks[0]
      if entry.made > 0 || entry.first <= now { entry.made += 1 }
      entry.last = now
      enter(entry, turn.index)
    }
    return due
  }

  /// A poll begins: what it finds may be what was hinted at.
  package mutating func began(_ index: Int, at now: BootTime) { entries[index]?.began = now }

  /// A poll has found a change: that ends the looks, unless it had begun before the hint came.
  package mutating func changed(_ index: Int) {
    guard var entry = entries[index], (1..<Self.looks.count).contains(entry.made), entry.began >= entry.hinted else {
      return
    }
    entry.made = Self.looks.count
    enter(entry, index)
  }

  /// The index may be another tag's from now on.
  package mutating func forget(_ index: Int) { entries[index] = nil }

  private mutating func enter(_ entry: Entry, _ index: Int) {
    entries[index] = entry
    turns.insert(Turn(due: entry.next, index: index))
  }
}
