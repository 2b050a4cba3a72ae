package import ImageModel
package import Registry

/// What one poll of a tag came to.
package enum PollResult: Sendable {
  case observed(Observation)
  /// `registryAnswers` tells a missing tag from a registry that answers 404 to everything.
  case failed(CheckFailure, registryAnswers: Bool)
}

extension PollResult {
  /// When the tag was seen to be as the result says: a walk through a slow registry may end much later.
  func seen(at now: Timestamp) -> Timestamp {
    guard case .observed(.found(_, _, let age)) = self else { return now }
    return now.advanced(by: .zero - max(.zero, age))
  }
}

/// A poll to be made.
package struct PollJob: Sendable {
  /// Of the tag, in the plan.
  let index: Int
  /// Of the registry, in the plan.
  let registry: Int
  /// Boot time when its turn came.
  let began: BootTime
  /// How long after it was due that was; `nil` for a tag that was never checked.
  let lateness: Duration?
  package let tag: TagReference
  package let known: KnownTag
  let selection: PlatformSelection
  /// Ask whether the registry answers at all if the tag is not found: the answer may prove a deletion.
  let wantsProbe: Bool
}
