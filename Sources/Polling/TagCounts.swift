import Drift
package import History

/// How many tags are in each state.
package struct TagCounts: Hashable, Sendable {
  private var counts = [Int](repeating: 0, count: TagStatus.State.allCases.count)

  package init() {}

  package var total: Int { counts.reduce(0, +) }

  package subscript(state: TagStatus.State) -> Int {
    get { counts[state.position] }
    set { counts[state.position] = newValue }
  }

  mutating func count(_ reachability: Reachability) {
    self[
      TagStatus.State(
        reachability.state, isFailing: reachability.failures > 0, wasSeen: reachability.lastSuccess != nil)] += 1
  }

  package static func += (left: inout TagCounts, right: TagCounts) {
    for index in left.counts.indices { left.counts[index] += right.counts[index] }
  }
}

extension TagStatus.State {
  fileprivate var position: Int {
    switch self {
    case .ok: 0
    case .failing: 1
    case .unreachable: 2
    case .deleted: 3
    case .pending: 4
    }
  }
}
