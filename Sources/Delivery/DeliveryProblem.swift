/// Why deliveries to a sink do not get on, for the log.
public struct DeliveryProblem: Error, Hashable, Sendable {
  public enum Cause: String, Sendable {
    /// The sink did not take the events.
    case sink
    /// Its receiver wants nothing more: the sink is disabled.
    case gone
    /// The outbox could not be read or written.
    case outbox
  }

  /// The sink's name.
  public let sink: String
  public let cause: Cause
  /// One line, free of control characters.
  public let message: String
  /// The number of this problem, from 1, since everything that was tried was delivered.
  public let failures: Int
  /// When the next attempt comes.
  public let retryAfter: Duration
}
