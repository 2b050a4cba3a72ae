/// The table of what still has to be delivered: the truth about deliveries, whatever a sink or a crash does.
package protocol Outbox: Sendable {
  /// What waits for `sink` and is due, oldest first. Nothing while the sink is disabled.
  ///
  /// - Parameters:
  ///   - within: milliseconds; what is put off for longer is due.
  ///   - limit: at most this many items.
  ///   - firstOfTag: of each tag only the first item that waits.
  ///   - besides: sequence numbers to leave out, with all items of their tags.
  func waiting(
    sink: String, within: Int64, limit: Int, firstOfTag: Bool, besides: [Int64]
  ) async throws -> [OutboxItem]

  /// Milliseconds until the first item of some tag may be due for `sink`, `nil` while nothing waits or the sink is
  /// disabled.
  ///
  /// - Parameter besides: tags of which the first item is one of these do not count.
  func nextDue(sink: String, within: Int64, besides: [Int64]) async throws -> Int64?

  /// What is left of the time for which the receiver of `sink` has asked to be sent nothing, `nil` if nothing is.
  func rest(sink: String) async throws -> Duration?

  /// Records results. They are durable before this returns; what is not settled is delivered once more.
  ///
  /// - Parameter rest: for how long from now the sink's receiver wants nothing; `nil` leaves what is recorded.
  func settle(sink: String, _ results: [DeliveryResult], rest: Duration?) async throws
}
