import ImageModel

/// What to say to someone who asks for a tag that is not in the database.
enum KnownTags {
  private static let shown = 5

  /// Known tags of the same repository, else of repositories with the same last name; else how to list them.
  static func hint(for tag: TagReference, known: [TagReference]) -> String {
    guard !known.isEmpty else { return "nothing has been recorded yet; 'watcher check' or 'watcher run' does" }
    var near = known.filter { $0.domain == tag.domain && $0.path == tag.path }
    if near.isEmpty { near = known.filter { lastName($0) == lastName(tag) } }
    guard !near.isEmpty else { return "'watcher status' lists the watched tags" }
    return "known here: " + Words.list(near.map { $0.familiar.shown }, limit: Self.shown)
  }

  private static func lastName(_ tag: TagReference) -> Substring? { tag.path.split(separator: "/").last }
}
