/// What became of one item that a sink tried to deliver.
public enum DeliveryResult: Sendable, Hashable {
  /// It is where it belongs: on disk, in the pipe, acknowledged by the receiver.
  case delivered(sequence: Int64)
  /// It may have arrived or not; it will be tried again. The text is one line for a person.
  case failed(OutboxItem, error: String)
}
