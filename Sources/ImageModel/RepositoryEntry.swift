/// A repository of which the tags that fit are watched, with everything that applies to them.
package struct RepositoryEntry: Sendable, Hashable {
  package var repository: RepositoryReference
  /// Which of its tags.
  package var tags: TagSelection
  /// How often it is listed, and each of its tags polled.
  package var intervalSeconds: Int
  package var selection: PlatformSelection
  /// Names of configured sinks, none twice.
  package var sinks: [String]
  package var unreachableAfterSeconds: Int
  package var labels: [String: String]
  /// Its line in the configuration, from 1.
  package var line: Int

  package init(
    repository: RepositoryReference, tags: TagSelection, intervalSeconds: Int, selection: PlatformSelection,
    sinks: [String], unreachableAfterSeconds: Int, labels: [String: String], line: Int
  ) {
    self.repository = repository
    self.tags = tags
    self.intervalSeconds = intervalSeconds
    self.selection = selection
    self.sinks = sinks
    self.unreachableAfterSeconds = unreachableAfterSeconds
    self.labels = labels
    self.line = line
  }

  /// Some of its tags, as they are watched.
  package func entries(_ tags: [String]) -> [WatchEntry] {
    guard let first = tags.first.map(entry) else { return [] }
    return tags.map { tag in
      var entry = first
      entry.tag = repository.tag(tag)
      return entry
    }
  }

  /// One of its tags, as it is watched.
  package func entry(_ tag: String) -> WatchEntry {
    WatchEntry(
      tag: repository.tag(tag), pinned: nil, intervalSeconds: intervalSeconds, selection: selection, sinks: sinks,
      unreachableAfterSeconds: unreachableAfterSeconds, labels: labels, line: line, isGiven: true)
  }
}
