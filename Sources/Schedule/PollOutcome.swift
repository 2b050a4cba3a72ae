package import ImageModel

/// How a poll ended, as far as it matters for when the next one is due.
package enum PollOutcome: Hashable, Sendable {
  case success
  /// - Parameter isPermanent: trying again soon is pointless until somebody changes something.
  case failure(isPermanent: Bool)
  /// The registry asks to be left alone, for `retryAfterSeconds` if it said how long.
  case throttled(retryAfterSeconds: Int?)

  package init(_ failure: CheckFailure) {
    if failure.code == .pullLimited {
      // What is no pull is answered, so the registry is not left alone; asking again soon may lengthen the wait.
      self = .failure(isPermanent: true)
    } else if failure.code == .rateLimited || failure.retryAfterSeconds != nil {
      self = .throttled(retryAfterSeconds: failure.retryAfterSeconds)
    } else {
      self = .failure(isPermanent: failure.isPermanent)
    }
  }
}
