import Credentials
import Synchronization

/// Counts the requests of a look at a tag, and knows for whom they are made.
package final class RequestMeter: Sendable {
  private let state = Mutex<(requests: Int, account: String, budget: PullBudget?)>((0, "anonymous", nil))

  package init() {}

  package var requests: Int { state.withLock { $0.requests } }
  /// Says nothing secret.
  package var account: String { state.withLock { $0.account } }

  /// What the registry said last of its limit on pulls; `nil` before it has answered.
  var budget: PullBudget? { state.withLock { $0.budget } }

  func note(_ budget: PullBudget) { state.withLock { $0.budget = budget } }
  func count() { state.withLock { $0.requests += 1 } }
  func isFor(_ login: Login?) { state.withLock { $0.account = login?.account ?? "anonymous" } }
}
