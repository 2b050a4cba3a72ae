/// A tag to watch, with everything that applies to it.
///
/// There may be a million, and most are watched alike: what applies to them is shared (`share`).
package struct WatchEntry: Sendable, Hashable {
  package var tag: TagReference
  private var rules: Rules
  /// The entry's line in the configuration, from 1; 0 for a tag that is not in it.
  package var line: Int

  /// The digest of an entry `image:tag@digest`: what the user expects to be there at first.
  package var pinned: Digest? {
    get { rules.values.pinned }
    set { rules = rules.with { $0.pinned = newValue } }
  }
  package var intervalSeconds: Int { rules.values.intervalSeconds }
  package var selection: PlatformSelection {
    get { rules.values.selection }
    set { rules = rules.with { $0.selection = newValue } }
  }
  package var unreachableAfterSeconds: Int { rules.values.unreachableAfterSeconds }
  package var labels: [String: String] { rules.values.labels }
  /// Whether the entry is one for the tag's repository, which gave it.
  package var isGiven: Bool { rules.values.isGiven }
  /// Names of configured sinks, none twice.
  package var sinks: [String] {
    get { rules.values.sinks }
    set { rules = rules.with { $0.sinks = newValue } }
  }

  /// Whether it is on the watchlist, and not polled only because somebody asked for it.
  package var isListed: Bool { line > 0 }

  package init(
    tag: TagReference, pinned: Digest?, intervalSeconds: Int, selection: PlatformSelection, sinks: [String],
    unreachableAfterSeconds: Int, labels: [String: String], line: Int, isGiven: Bool = false
  ) {
    self.tag = tag
    self.line = line
    rules = Rules(
      Rules.Values(
        pinned: pinned, intervalSeconds: intervalSeconds, selection: selection, sinks: sinks,
        unreachableAfterSeconds: unreachableAfterSeconds, labels: labels, isGiven: isGiven))
  }

  /// Holds what both have in common but once.
  package mutating func share(_ other: WatchEntry) {
    if tag.path == other.tag.path { tag = TagReference(domain: tag.domain, path: other.tag.path, tag: tag.tag) }
    if rules !== other.rules, rules == other.rules { rules = other.rules }
  }

  private final class Rules: Sendable, Hashable {
    struct Values: Sendable, Hashable {
      var pinned: Digest?
      var intervalSeconds: Int
      var selection: PlatformSelection
      var sinks: [String]
      var unreachableAfterSeconds: Int
      var labels: [String: String]
      var isGiven: Bool
    }

    let values: Values

    init(_ values: Values) { self.values = values }

    func with(_ change: (inout Values) -> Void) -> Rules {
      var values = values
      change(&values)
      return Rules(values)
    }

    static func == (left: Rules, right: Rules) -> Bool { left === right || left.values == right.values }

    func hash(into hasher: inout Hasher) { hasher.combine(values) }
  }
}
