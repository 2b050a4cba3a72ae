import Config
import Delivery
import History
import ImageModel
import Polling

/// The outbox table as the delivery workers see it.
struct OutboxAdapter: Outbox {
  let writer: HistoryWriter
  /// Sinks that are sent groups alone.
  let grouped: Set<String>
  /// Of the sinks as their workers know them, by name.
  let fingerprints: [String: String]
  let clock: @Sendable () -> Moment
  /// Where the process lives long enough to see the clock being set.
  var steps: ClockStepMonitor?
  /// Told when the store refuses for good.
  let onFailure: @Sendable (StoreError) -> Void
  /// Told what is on record.
  var onSettled: @Sendable (_ sink: String, Settlement) -> Void = { _, _ in }

  func waiting(
    sink: String, within: Duration, limit: Int, firstOfTag: Bool, excluding: [EventSequence]
  ) async throws -> [OutboxItem] {
    let now = try await now()
    let isGrouped = grouped.contains(sink)
    // Groups go out one after another.
    if isGrouped, !excluding.isEmpty { return [] }
    return try await transaction { store in
      let rows =
        isGrouped
        ? try store.waitingGroup(sink: sink, now: now, within: within).map { [$0] } ?? []
        : try store.waiting(
          sink: sink, now: now, within: within, limit: limit, firstOfTag: firstOfTag, excluding: excluding)
      return rows.map {
        OutboxItem(
          sequence: $0.sequence, eventID: $0.eventID, tag: $0.tagID, body: $0.body, attempts: $0.attempts,
          refusedSince: $0.refusedSince)
      }
    }
  }

  func nextDue(sink: String, within: Duration, excluding: [EventSequence]) async throws -> Duration? {
    let now = try await now()
    let isGrouped = grouped.contains(sink)
    if isGrouped, !excluding.isEmpty { return nil }
    return try await transaction { store in
      isGrouped
        ? try store.nextGroupDue(sink: sink, now: now, within: within)
        : try store.nextDue(sink: sink, now: now, within: within, excluding: excluding)
    }
  }

  func rest(sink: String) async throws -> Duration? {
    let now = try await now()
    let until = try await transaction { try $0.restsUntil(sink: sink, now: now) }
    return until.map { .milliseconds($0.milliseconds - now.milliseconds) }
  }

  func settle(sink: String, _ results: [DeliveryResult], rest: Duration?, retry: Duration?) async throws {
    let now = try await now()
    let settlement = try await transaction { store in
      var settlement = Settlement(results: results)
      var delivered: [EventSequence] = []
      for result in results {
        guard let (item, error, next) = result.failure else {
          if case .delivered(let sequence) = result { delivered.append(sequence) }
          continue
        }
        try store.settleFailed(
          sink: sink, sequence: item.sequence, attempts: item.attempts + (next == .withSink ? 0 : 1), error: error,
          next.outcome(now: now), refused: result.asksToWait ? now : nil)
        if next == .byHand {
          settlement.givenUp.append(.init(item: item, tag: try store.tag(of: item.sequence), error: error))
        }
        if next == .sinkDisabled, let fingerprint = fingerprints[sink] {
          try store.disableSink(sink, fingerprint: fingerprint)
        }
      }
      try store.settleDelivered(sink: sink, sequences: delivered, at: now)
      if let rest, let fingerprint = fingerprints[sink] {
        try store.restSink(sink, fingerprint: fingerprint, until: now.advanced(by: rest))
      }
      if !results.isEmpty, let fingerprint = fingerprints[sink] {
        var attempts = SinkAttempts(results)
        attempts.retry = retry.map { now.advanced(by: $0) }
        settlement.turn = try store.noteAttempts(attempts, sink: sink, fingerprint: fingerprint, now: now)
      }
      return settlement
    }
    onSettled(sink, settlement)
  }

  /// The wall time by which attempts are due. When the clock was set, they are moved with it first: what waits keeps
  /// the rest of its time.
  private func now() async throws -> Timestamp {
    let moment = clock()
    if let step = steps?.look(at: moment) { try await transaction { try $0.moveAttempts(by: step) } }
    return moment.wall
  }

  private func transaction<T: Sendable>(
    _ body: @escaping @Sendable (HistoryTransaction) throws -> T
  ) async throws -> T {
    do {
      return try await writer.transaction(body)
    } catch let error as StoreError where !error.isTransient {
      onFailure(error)
      throw error
    }
  }
}

extension DeliveryResult {
  fileprivate var asksToWait: Bool {
    if case .refused(_, let refusal, _, _) = self { refusal.asked != nil } else { false }
  }
}

extension NextAttempt {
  fileprivate func outcome(now: Timestamp) -> FailedDelivery {
    switch self {
    // Due at once, whatever the clock does: the worker paces itself, and neither a sink that rests nor one that is
    // disabled is asked.
    case .withSink, .sinkDisabled: .retry(at: Timestamp(milliseconds: 0))
    case .after(let delay): .retry(at: now.advanced(by: delay))
    case .byHand: .rests
    }
  }
}

extension OutboxAdapter {
  /// The outbox of sinks as they are configured.
  init(
    writer: HistoryWriter, sinks: [SinkSettings], clock: @escaping @Sendable () -> Moment,
    steps: ClockStepMonitor? = nil,
    onFailure: @escaping @Sendable (StoreError) -> Void,
    onSettled: @escaping @Sendable (_ sink: String, Settlement) -> Void = { _, _ in }
  ) {
    self.init(
      writer: writer, grouped: sinks.grouped,
      fingerprints: Dictionary(uniqueKeysWithValues: sinks.map { ($0.name, $0.kind.fingerprint) }), clock: clock,
      steps: steps, onFailure: onFailure, onSettled: onSettled)
  }
}

extension [SinkSettings] {
  /// Names of the sinks that are sent groups alone.
  var grouped: Set<String> { Set(lazy.filter { $0.groupSeconds != nil }.map(\.name)) }
}
