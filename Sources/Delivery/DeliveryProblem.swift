/// Why deliveries to a sink do not get on, for the log.
package struct DeliveryProblem: Error, Hashable, Sendable {
  package enum Cause: String, Sendable {
    /// The sink did not take the events.
    case sink
    /// Its receiver wants nothing more: the sink is disabled.
    case gone
    /// The outbox could not be read or written.
    case outbox
  }

  /// The sink's name.
  package let sink: String
  package let cause: Cause
  /// One line, free of control characters.
  package let message: String
  /// The number of this problem, from 1, since everything that was tried was delivered.
  package let failures: Int
  /// When the next attempt comes.
  package let retryAfter: Duration
}
