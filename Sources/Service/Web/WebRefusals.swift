import Synchronization

/// How many requests for pages and API were refused, by why.
final class WebRefusals: Sendable {
  enum Kind: String, CaseIterable {
    case host
    case noPassword = "no_password"
    case wrongPassword = "wrong_password"
    /// Not looked at: too many others wait for a log-in.
    case tooMany = "too_many"
    /// The password's file cannot be read.
    case unavailable
  }

  private let counts = Mutex<[Kind: Int]>([:])

  /// - Returns: how many of this kind there are by now.
  func count(_ kind: Kind) -> Int {
    counts.withLock { counts in
      counts[kind, default: 0] += 1
      return counts[kind] ?? 0
    }
  }

  /// All there are, from the start: an increase from nothing is none.
  var family: MetricFamily {
    let counts = counts.withLock { $0 }
    return MetricFamily(
      "watcher_http_refused_total", .counter, "Requests for pages and API that were refused.", by: "reason",
      Kind.allCases.map { ($0.rawValue, counts[$0] ?? 0) }, Double.init)
  }
}
