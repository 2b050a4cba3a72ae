package import Config
package import History
import Host
package import ImageModel

/// Forgets what `retention` does not keep, a few rows at a time, so that recording and delivering go on in between.
package enum Pruning {
  /// Forgets what has been kept for long enough, and then what is left of forgotten tags.
  package static func run(
    _ retention: RetentionSettings, _ writer: HistoryWriter, clock: Timestamp = .now()
  ) async throws -> Pruned {
    var total = try await expire(retention, writer, clock: clock)
    total += try await Forgetting.sweep(writer)
    return total
  }

  /// Counts from the newest time that a registry and the clock agreed on: a clock that is ahead would forget years.
  /// Where no registry has confirmed the clock yet, nothing goes.
  private static func expire(
    _ retention: RetentionSettings, _ writer: HistoryWriter, clock: Timestamp
  ) async throws -> Pruned {
    var total = Pruned()
    guard let agreed = try await writer.transaction({ try $0.agreedTime() }) else { return total }
    let now = min(clock, agreed)
    if let seconds = retention.deliveriesSeconds {
      let before = now.advanced(bySeconds: -seconds)
      var count = 0
      repeat {
        count = try await writer.transaction { try $0.pruneDelivered(before: before) }
        total.deliveries += count
      } while count > 0 && !Task.isCancelled
    }
    guard let seconds = retention.historySeconds else { return total }
    let before = now.advanced(bySeconds: -seconds)
    try await steps(from: TagID.lowest, &total) { after in
      try await writer.transaction { try $0.pruneSnapshots(before: before, after: after) }
    }
    try await steps(from: EventSequence.zero, &total) { after in
      try await writer.transaction { try $0.pruneEvents(before: before, after: after) }
    }
    return total
  }

  private static func steps<Position>(
    from start: Position, _ total: inout Pruned,
    _ step: (_ after: Position) async throws -> (pruned: Pruned, next: Position?)
  ) async throws {
    var after: Position? = start
    while let position = after, !Task.isCancelled {
      let (pruned, next) = try await step(position)
      total += pruned
      after = next
    }
  }
}
