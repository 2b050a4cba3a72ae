package import ImageModel
import Synchronization

/// Docker Hub's published rules, by a clock from outside: so many pulls (a GET of a manifest) in a rolling window, HEAD
/// free, and 429 for bursts of anything. Source: docs.docker.com, Docker Hub usage and limits.
package final class PullLimit: Sendable {
  private struct State {
    var limit: Int
    var pulls: [BootTime] = []
    var requests: [BootTime] = []
    var refused = 0
    var mostInASecond = 0
  }

  private let state: Mutex<State>
  private let windowSeconds: Int64
  private let burst: Int
  private let now: @Sendable () -> BootTime

  /// - Parameter burst: how many requests there may be in a second.
  package init(
    _ limit: Int, windowSeconds: Int64 = 21_600, burst: Int = .max, now: @escaping @Sendable () -> BootTime
  ) {
    state = Mutex(State(limit: limit))
    (self.windowSeconds, self.burst, self.now) = (windowSeconds, burst, now)
  }

  /// Answers of 429 so far.
  package var refused: Int { state.withLock { $0.refused } }
  /// Pulls in the window that ends now.
  package var used: Int { state.withLock { used(&$0) } }
  package var mostInASecond: Int { state.withLock { $0.mostInASecond } }

  package func set(_ limit: Int) { state.withLock { $0.limit = limit } }

  /// Has a registry keep to it.
  package func guards(_ registry: FakeRegistry) {
    registry.setFault { [self] in refusal($0) }
    registry.setHeaders { [self] _ in headers }
  }

  private func used(_ state: inout State) -> Int {
    let begin = now() - windowSeconds * 1_000
    state.pulls.removeAll { $0 <= begin }
    return state.pulls.count
  }

  private var headers: [(String, String)] {
    state.withLock { state in
      let left = max(0, state.limit - used(&state))
      return [
        ("RateLimit-Limit", "\(state.limit);w=\(windowSeconds)"), ("RateLimit-Remaining", "\(left);w=\(windowSeconds)"),
        ("Docker-RateLimit-Source", "192.0.2.1"),
      ]
    }
  }

  private func refusal(_ request: ReceivedRequest) -> ScriptedResponse? {
    guard request.path.hasPrefix("/v2/") else { return nil }
    let isRefused: String? = state.withLock { state in
      let now = now()
      state.requests.removeAll { $0 <= now - 1_000 }
      state.requests.append(now)
      state.mostInASecond = max(state.mostInASecond, state.requests.count)
      if state.requests.count > burst {
        state.refused += 1
        return "Too Many Requests"
      }
      guard request.method == "GET", request.path.contains("/manifests/"), request.header("Authorization") != nil
      else { return nil }
      if used(&state) >= state.limit {
        state.refused += 1
        return
          #"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your unauthenticated pull rate limit. "#
          + #"https://www.docker.com/increase-rate-limit"}]}"#
      }
      state.pulls.append(now)
      return nil
    }
    return isRefused.map { ScriptedResponse(429, headers: headers, body: Array($0.utf8)) }
  }
}
