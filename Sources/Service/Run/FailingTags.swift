import ImageModel

/// The tags that fail now, and which of them are told one by one. Pure.
struct FailingTags: Sendable {
  /// Of tags that fail in the same way at one registry, so many are told one by one.
  static let toldOneByOne = 10

  /// Whose failure or recovery is news.
  enum News: Hashable {
    /// The tag's own, after so many failures in a row.
    case tag(failures: Int)
    /// That of so many tags, which have the same kind.
    case kind(tags: Int)
  }

  private struct Kind: Hashable {
    let registry: String
    let code: CheckFailure.Code
  }

  private struct Tag {
    let kind: Kind
    let isTold: Bool
    var failures = 0
  }

  private var tags: [TagReference: Tag] = [:]
  /// How many tags there are of each kind now, and how many were at most since there were none.
  private var kinds: [Kind: (now: Int, most: Int)] = [:]

  /// A check of the tag failed.
  mutating func failed(_ tag: TagReference, _ code: CheckFailure.Code) -> News? {
    let kind = Kind(registry: tag.domain, code: code)
    let known = tags[tag]
    var entry = known ?? enter(kind)
    if entry.kind != kind {
      _ = leave(entry.kind)
      let failures = entry.failures
      entry = enter(kind)
      entry.failures = failures
    }
    entry.failures += 1
    tags[tag] = entry
    if entry.isTold { return .tag(failures: entry.failures) }
    return known?.kind == kind ? nil : kinds[kind].map { .kind(tags: $0.now) }
  }

  /// A check of the tag succeeded.
  mutating func succeeded(_ tag: TagReference) -> News? {
    guard let entry = tags.removeValue(forKey: tag) else { return nil }
    let most = leave(entry.kind)
    if let most, most > Self.toldOneByOne { return .kind(tags: most) }
    return entry.isTold ? .tag(failures: entry.failures) : nil
  }

  /// Only these tags are watched from now on.
  mutating func keep(_ watched: [WatchEntry]) {
    var leaving = Set(tags.keys)
    for entry in watched { leaving.remove(entry.tag) }
    leave(leaving)
  }

  /// These are not watched any more.
  mutating func leave(_ leaving: some Sequence<TagReference>) {
    for tag in leaving { if let entry = tags.removeValue(forKey: tag) { _ = leave(entry.kind) } }
  }

  private mutating func enter(_ kind: Kind) -> Tag {
    var count = kinds[kind] ?? (0, 0)
    count.now += 1
    count.most = max(count.most, count.now)
    kinds[kind] = count
    return Tag(kind: kind, isTold: count.now <= Self.toldOneByOne)
  }

  /// - Returns: how many tags of the kind there were at most, once there are none.
  private mutating func leave(_ kind: Kind) -> Int? {
    guard var count = kinds[kind] else { return nil }
    count.now -= 1
    kinds[kind] = count.now == 0 ? nil : count
    return count.now == 0 ? count.most : nil
  }
}
