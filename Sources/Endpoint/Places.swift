import Synchronization

/// So many may do something at a time.
package final class Places: Sendable {
  private let limit: Int
  private let taken = Mutex(0)

  package init(_ limit: Int) { self.limit = limit }

  /// - Returns: false where all are taken.
  package func enter() -> Bool {
    taken.withLock { taken in
      guard taken < limit else { return false }
      taken += 1
      return true
    }
  }

  package func leave() { taken.withLock { $0 -= 1 } }
}
