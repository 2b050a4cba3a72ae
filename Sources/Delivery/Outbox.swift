/// The table of what still has to be delivered: the truth about deliveries, whatever a sink or a crash does.
public protocol Outbox: Sendable {
  /// What waits for `sink` and is due, oldest first, at most `limit` items. Nothing while the sink is disabled.
  ///
  /// - Parameter within: milliseconds; what is put off for longer is due.
  func waiting(sink: String, within: Int64, limit: Int) async throws -> [OutboxItem]

  /// Milliseconds until something may be due for `sink`, `nil` while nothing waits or the sink is disabled.
  func nextDue(sink: String, within: Int64) async throws -> Int64?

  /// Records results. They are durable before this returns; what is not settled is delivered once more.
  func settle(sink: String, _ results: [DeliveryResult]) async throws
}
