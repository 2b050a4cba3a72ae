/// Whether a tag can be had, as events have announced it.
package enum Reach: String, Sendable, CaseIterable {
  case ok
  case unreachable
  /// Stays until a check succeeds, also while the registry itself fails: what is gone cannot also be out of reach.
  case deleted
}
