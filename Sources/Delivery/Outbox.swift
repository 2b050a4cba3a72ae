package import ImageModel

/// The table of what still has to be delivered: the truth about deliveries, whatever a sink or a crash does.
package protocol Outbox: Sendable {
  /// What waits for `sink` and is due, oldest first. Nothing while the sink is disabled.
  ///
  /// - Parameters:
  ///   - within: what is put off for longer is due.
  ///   - limit: at most this many items.
  ///   - firstOfTag: of each tag only the first item that waits.
  ///   - excluding: events to leave out, with all items of their tags.
  func waiting(
    sink: String, within: Duration, limit: Int, firstOfTag: Bool, excluding: [EventSequence]
  ) async throws -> [OutboxItem]

  /// How long until the first item of some tag may be due for `sink`, `nil` while nothing waits or the sink is
  /// disabled.
  ///
  /// - Parameter excluding: tags of which the first item is one of these do not count.
  func nextDue(sink: String, within: Duration, excluding: [EventSequence]) async throws -> Duration?

  /// What is left of the time for which the receiver of `sink` has asked to be sent nothing, `nil` if nothing is.
  func rest(sink: String) async throws -> Duration?

  /// Records results. They are durable before this returns; what is not settled is delivered once more.
  ///
  /// - Parameters:
  ///   - rest: for how long from now the sink's receiver wants nothing; `nil` leaves what is recorded.
  ///   - retry: for how long from now nothing is sent, because of failures.
  func settle(sink: String, _ results: [DeliveryResult], rest: Duration?, retry: Duration?) async throws
}
