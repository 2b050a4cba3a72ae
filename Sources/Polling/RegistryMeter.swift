package import ImageModel

/// What became of the polls of one registry since the start.
package struct RegistryMeter: Hashable, Sendable {
  package private(set) var polls = 0
  package private(set) var failures: [PollFailureReason: Int] = [:]
  package private(set) var durations = DurationHistogram()
  /// `nil` before the first.
  package private(set) var lastSuccess: Timestamp?

  package init() {}

  /// - Parameter duration: from the poll's turn to its result, the wait for the registry's rate included.
  package mutating func record(_ result: PollResult, took duration: Duration, at now: Timestamp) {
    polls += 1
    durations.record(duration)
    if case .failed(let failure, _) = result.outcome {
      failures[PollFailureReason(failure.code), default: 0] += 1
    } else {
      lastSuccess = now
    }
  }

  package static func += (total: inout RegistryMeter, more: RegistryMeter) {
    total.polls += more.polls
    total.failures.merge(more.failures, uniquingKeysWith: +)
    total.durations += more.durations
    total.lastSuccess = [total.lastSuccess, more.lastSuccess].compactMap(\.self).max()
  }
}

/// `CheckFailure.Code` in fewer words, for each is a series. Source: docs/service.md, Metrics.
package enum PollFailureReason: String, CaseIterable, Sendable {
  case dns, connect, tls, timeout, auth, server, parse
  case notFound = "not_found"
  case rateLimited = "rate_limited"
  case digestMismatch = "digest_mismatch"
  case tooLarge = "too_large"

  init(_ code: CheckFailure.Code) {
    self =
      switch code {
      case .dns: .dns
      case .connect, .network, .addressRefused: .connect
      case .tls: .tls
      case .timeout: .timeout
      case .realmRefused, .authUnsupported, .badCredentials, .credentialsUnreadable, .unauthorizedOrMissing, .denied:
        .auth
      case .tagMissing, .repositoryMissing, .notFound: .notFound
      case .rateLimited, .pullLimited: .rateLimited
      case .server: .server
      case .digestMismatch: .digestMismatch
      case .redirectRefused, .badRequest, .badResponse, .badDocument, .unsupportedDocument: .parse
      case .tooLarge: .tooLarge
      }
  }
}

/// How often something took how long.
package struct DurationHistogram: Hashable, Sendable {
  /// Upper bounds.
  package static let bounds: [Duration] =
    [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000].map { .milliseconds($0) }

  /// Of each bound, and of what is above all of them; not added up.
  package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
  package private(set) var sum = Duration.zero

  mutating func record(_ duration: Duration) {
    counts[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
    sum += duration
  }

  package static func += (total: inout DurationHistogram, more: DurationHistogram) {
    for index in total.counts.indices { total.counts[index] += more.counts[index] }
    total.sum += more.sum
  }
}
