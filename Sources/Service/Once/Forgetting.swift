package import History
package import ImageModel

/// Forgets tags that are not watched, a few rows at a time, so that recording and delivering go on in between.
package enum Forgetting {
  /// What to do about a tag that is watched.
  package static let remedy =
    "take it out of the watchlist, reload the daemon or run 'watcher check', and then forget it"

  /// - Returns: `nil` where nothing is known of the tag.
  /// - Throws: `TagInUse` where it is watched; `StoreError`.
  package static func run(_ tag: TagReference, _ writer: HistoryWriter) async throws -> Forgotten? {
    guard let id = try await writer.transaction({ try $0.beginForgetting(tag) }) else { return nil }
    var forgotten = Forgotten()
    forgotten.pruned = try await rest(of: id, writer)
    forgotten.kept = try await writer.transaction { try $0.owedEvents(of: id) }
    return forgotten
  }

  /// What was kept for sinks that have it by now, and what a crash has left.
  static func sweep(_ writer: HistoryWriter) async throws -> Pruned {
    var total = Pruned()
    var after: TagID? = .lowest
    while let position = after, !Task.isCancelled {
      let (tags, next) = try await writer.transaction { try $0.unknownTags(after: position) }
      for tag in tags { total += try await rest(of: tag, writer) }
      after = next
    }
    return total
  }

  private static func rest(of tag: TagID, _ writer: HistoryWriter) async throws -> Pruned {
    var total = Pruned()
    var isDone = false
    while !isDone {
      let step = try await writer.transaction { try $0.forgetNext(of: tag) }
      total += step.pruned
      isDone = step.isDone
    }
    return total
  }
}
