import Delivery
import History
import ImageModel
import Logging

/// What has become of deliveries to a sink, once it is on record.
struct Settlement: Sendable {
  /// A delivery that is not tried again by itself.
  struct GivenUp: Sendable {
    let item: OutboxItem
    /// `nil` of a group.
    let tag: TagReference?
    let error: String
  }

  let results: [DeliveryResult]
  var givenUp: [GivenUp] = []
  /// What they change about how the sink is doing.
  var turn: SinkTurn?

  /// Logs what somebody has to know of a sink.
  func log(to log: Logger, sink: String) {
    for delivery in givenUp {
      log.error(
        "delivery_given_up",
        metadata: [
          "sink": "\(sink)", "tag": "\(delivery.tag?.description ?? "several")", "event": "\(delivery.item.eventID)",
          "sequence": "\(delivery.item.sequence)", "attempts": "\(delivery.item.attempts + 1)",
          "err": "\(delivery.error)", "note": "it rests until watcher deliveries retry is used on it",
        ])
    }
    switch turn {
    case .fails(let failure):
      log.warning(
        "sink_failing", metadata: ["sink": "\(sink)", "code": "\(failure.code.rawValue)", "err": "\(failure.message)"])
    case .recovers(let since): log.info("sink_recovered", metadata: ["sink": "\(sink)", "since": "\(since)"])
    case nil: break
    }
  }
}

extension SinkStatus {
  /// One that was not well when an earlier daemon stopped, which the log of this one would not say; one that is not
  /// configured any more.
  func logAtStart(to log: Logger) {
    guard state != .removed else { return logRemoved(to: log) }
    log.warning(
      "sink_\(state.rawValue)",
      metadata: [
        "sink": "\(name)", "code": "\(failure?.code.rawValue ?? "unknown")", "err": "\(failure?.message ?? "")",
        "since": "\(failingSince?.description ?? "unknown")", "note": "so it was left by the run before",
      ])
  }

  func logRemoved(to log: Logger) {
    log.warning(
      "sink_removed",
      metadata: [
        "sink": "\(name)", "waiting": "\(waiting)",
        "note": "events wait for it: put it back, or give them up with watcher deliveries drop --sink \(name)",
      ])
  }
}

extension SinkAttempts {
  /// - Parameter results: in the order in which they ended.
  init(_ results: [DeliveryResult]) {
    self.init()
    for result in results {
      switch result {
      case .delivered: endsWell = true
      case .refused(let item, _, let error, let next) where next == .withSink || next != .byHand && item.attempts == 0:
        // To be told once that it is too much is how a receiver's pace is learnt.
        refusal = SinkFailure(.refused, error)
      case .refused(_, _, let error, _):
        failure = SinkFailure(.refused, error)
        endsWell = false
      case .failed(_, let error, let next):
        failure = SinkFailure(next.failureCode, error)
        endsWell = false
      }
    }
  }
}

extension NextAttempt {
  fileprivate var failureCode: SinkFailure.Code {
    switch self {
    case .withSink: .unusable
    case .sinkDisabled: .gone
    case .after, .byHand: .failed
    }
  }
}
