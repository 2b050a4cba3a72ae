import ImageModel

/// A token bucket that never refuses: it tells each request how long to wait for its turn. The bucket holds
/// what one second brings, and at least one request.
///
/// Pure: the time comes from outside.
struct RequestPacer: Sendable {
  private let microsecondsPerRequest: Double
  /// How far ahead of time requests may come: the bucket's contents.
  private let slack: Double
  /// When the next request would be due if all came evenly, in microseconds.
  private var due: Double = 0

  /// - Parameter requestsPerSecond: greater than 0.
  init(requestsPerSecond: Double) {
    microsecondsPerRequest = 1_000_000 / requestsPerSecond
    slack = max(0, requestsPerSecond.rounded(.down) - 1) * microsecondsPerRequest
  }

  /// Takes the next turn and returns the milliseconds until it comes; 0 is now.
  mutating func reserve(at time: BootTime) -> Int64 {
    let now = Double(time.milliseconds) * 1_000
    due = max(due, now)
    let wait = max(0, due - slack - now)
    due += microsecondsPerRequest
    return Int64((wait / 1_000).rounded(.up))
  }
}
