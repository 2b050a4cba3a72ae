/// The table of what still has to be delivered: the truth about deliveries, whatever a sink or a crash does.
public protocol Outbox: Sendable {
  /// What waits for `sink` and is due, oldest first, at most `limit` items.
  func waiting(sink: String, limit: Int) async throws -> [OutboxItem]

  /// Records results. They are durable before this returns; what is not settled is delivered once more.
  func settle(sink: String, _ results: [DeliveryResult]) async throws
}
