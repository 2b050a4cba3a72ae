import ImageModel
import Synchronization

/// Registries that have refused a request of this pass because of their rate limit. A pass does not wait for
/// hours, and it does not go on asking either: the remaining tags of such a registry fail with what it said.
final class RateLimitedRegistries: Sendable {
  private let failures = Mutex<[String: CheckFailure]>([:])

  func poll(_ job: PollJob, _ poll: () async -> PollResult) async -> PollResult {
    let domain = job.tag.domain
    if let known = failures.withLock({ $0[domain] }) { return .failed(known, registryAnswers: false) }
    let result = await poll()
    if case .failed(let failure, _) = result, failure.code == .rateLimited {
      failures.withLock { $0[domain] = failure }
    }
    return result
  }
}
