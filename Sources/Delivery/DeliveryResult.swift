package import ImageModel

/// What became of one item that a sink tried to deliver.
package enum DeliveryResult: Sendable, Hashable {
  /// It is where it belongs: on disk, in the pipe, acknowledged by the receiver.
  case delivered(sequence: EventSequence)
  /// It may have arrived or not. The text is one line for a person.
  case failed(OutboxItem, error: String, next: NextAttempt)
  /// The receiver takes nothing for now, of whatever tag: the sink rests.
  case refused(OutboxItem, Refusal, error: String, next: NextAttempt)

  var sequence: EventSequence {
    switch self {
    case .delivered(let sequence): sequence
    case .failed(let item, _, _), .refused(let item, _, _, _): item.sequence
    }
  }

  var isRefusal: Bool { if case .refused = self { true } else { false } }

  /// It is for the sink to work again, whichever item it is.
  var holdsUpSink: Bool { if case .failed(_, _, .withSink) = self { true } else { false } }

  /// What was not delivered, why, and when it is tried again.
  package var failure: (item: OutboxItem, error: String, next: NextAttempt)? {
    switch self {
    case .delivered: nil
    case .failed(let item, let error, let next), .refused(let item, _, let error, let next): (item, error, next)
    }
  }
}

/// When an item that failed is tried again.
package enum NextAttempt: Sendable, Hashable {
  /// Once the sink takes anything again: its worker knows when. Not counted as an attempt.
  case withSink
  /// After so long, and no later item of its tag before it.
  case after(Duration)
  /// Not until somebody asks for it.
  case byHand
  /// The receiver wants nothing more: the sink is disabled, and what waits for it keeps waiting.
  case sinkDisabled
}

/// A receiver's answer that it takes nothing for now.
package struct Refusal: Sendable, Hashable {
  /// Too many were sent (429): then its pace can be learnt. Otherwise it was busy or away (503).
  package let isTooMany: Bool
  /// For how long it asked to be sent nothing; `nil` if it did not say.
  package let asked: Duration?

  package init(isTooMany: Bool, asked: Duration?) {
    self.isTooMany = isTooMany
    self.asked = asked
  }
}
