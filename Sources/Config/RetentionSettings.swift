/// How long things are kept.
package struct RetentionSettings: Sendable, Hashable {
  /// Seconds that states of tags and their events are kept after they ended, at least a day; `nil`: for ever.
  package var historySeconds: Int?
  /// Seconds that delivered and given-up deliveries are kept; `nil`: for ever.
  package var deliveriesSeconds: Int? = 30 * 86_400

  package init() {}
}
