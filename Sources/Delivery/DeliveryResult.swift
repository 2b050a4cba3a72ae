/// What became of one item that a sink tried to deliver.
public enum DeliveryResult: Sendable, Hashable {
  /// It is where it belongs: on disk, in the pipe, acknowledged by the receiver.
  case delivered(sequence: Int64)
  /// It may have arrived or not. The text is one line for a person.
  case failed(OutboxItem, error: String, next: NextAttempt)

  var sequence: Int64 {
    switch self {
    case .delivered(let sequence): sequence
    case .failed(let item, _, _): item.sequence
    }
  }
}

/// When an item that failed is tried again.
public enum NextAttempt: Sendable, Hashable {
  /// Once the sink takes anything again: its worker paces itself. Not counted as an attempt.
  case withSink
  /// After so many milliseconds, and no later item of its tag before it.
  case after(milliseconds: Int64)
  /// The same, and nothing else is sent there before: the receiver has asked for it.
  case sinkAfter(milliseconds: Int64)
  /// Not until somebody asks for it.
  case byHand
  /// The receiver wants nothing more: the sink is disabled, and what waits for it keeps waiting.
  case sinkDisabled
}
