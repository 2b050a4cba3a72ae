package import History
package import ImageModel

/// Forgets tags that are not watched, a few rows at a time, so that recording and delivering go on in between.
package enum Forgetting {
  /// - Returns: `nil` where nothing is known of the tag.
  /// - Throws: `TagInUse` where it is watched, or was taken up again meanwhile; `StoreError`.
  package static func run(_ tag: TagReference, _ writer: HistoryWriter) async throws -> Forgotten? {
    guard let id = try await writer.transaction({ try $0.beginForgetting(tag) }) else { return nil }
    let pruned = try await rest(of: id, writer)
    return try await writer.transaction { try $0.endForgetting(tag, pruned) }
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

extension TagInUse {
  /// One line, with what to do.
  package func message(_ tag: TagReference, database: String) -> String {
    let remedy = "take it out of the watchlist, reload the daemon or run 'watcher check', and then forget it"
    let place = "(\(tag) in \(database))"
    guard let forgotten else { return "this tag is watched \(place): \(remedy)" }
    let extent = "states forgotten before: \(forgotten.snapshots), events: \(forgotten.events)"
    return isWatched
      ? "this tag is watched again \(place); \(extent): \(remedy)"
      : "this tag was recorded again while it was forgotten \(place); \(extent): forget it again"
  }
}
