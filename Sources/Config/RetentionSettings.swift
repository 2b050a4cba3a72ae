/// How long things are kept.
public struct RetentionSettings: Sendable, Hashable {
  /// Seconds; `nil`: for ever. Anything else is not available yet.
  public var historySeconds: Int?
  /// Seconds that delivered and given-up deliveries are kept; `nil`: for ever.
  public var deliveriesSeconds: Int? = 30 * 86_400
}
