/// A place that events go to.
public protocol Sink: Sendable {
  /// The name in the configuration; the outbox keeps what waits under it.
  var name: String { get }

  /// Delivers the items in order and says what became of those it tried: perhaps only of the first ones, of
  /// none when the task was cancelled. An item may arrive twice, never out of order within its tag.
  func write(_ items: [OutboxItem]) async -> [DeliveryResult]
}
