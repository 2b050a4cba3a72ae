import ImageModel

extension TagStatus {
  private static let noPlatform = "no platform"

  /// What `word` may be, in the order in which they are counted.
  package static let words = State.allCases.map(\.rawValue) + [noPlatform]

  /// Its state; of one that can be had and of which nothing is watched, that.
  package var word: String { Self.word(state, hasNoPlatform: hasNoPlatform) }

  static func word(_ state: State, hasNoPlatform: Bool) -> String {
    state == .ok && hasNoPlatform ? noPlatform : state.rawValue
  }
}

/// The order in which people are shown tags: those that need somebody, then what changed last, then by name.
struct TagRank: Comparable {
  let isUnwell: Bool
  let lastChanged: Timestamp?
  let tag: TagReference

  static func < (one: TagRank, other: TagRank) -> Bool {
    if one.isUnwell != other.isUnwell { return one.isUnwell }
    let times = (one.lastChanged?.milliseconds ?? .min, other.lastChanged?.milliseconds ?? .min)
    guard times.0 == times.1 else { return times.0 > times.1 }
    let (tag, next) = (one.tag, other.tag)
    return (tag.domain, tag.path, tag.tag) < (next.domain, next.path, next.tag)
  }
}

extension TagStatus {
  var rank: TagRank { TagRank(isUnwell: isUnwell, lastChanged: lastChanged, tag: record.tag) }

  package static func comesFirst(_ one: TagStatus, _ other: TagStatus) -> Bool { one.rank < other.rank }
}
