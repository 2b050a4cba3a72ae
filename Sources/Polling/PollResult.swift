package import ImageModel
package import Registry
package import Schedule

/// What one poll of a tag came to.
package struct PollResult: Sendable {
  package enum Outcome: Sendable {
    case observed(Observation)
    /// `registryAnswers` tells a missing tag from a registry that answers 404 to everything.
    case failed(CheckFailure, registryAnswers: Bool)
  }

  package let outcome: Outcome
  /// What it has cost the registry.
  package let spending: PollSpending

  package init(_ outcome: Outcome, spending: PollSpending = .one) {
    self.outcome = outcome
    self.spending = spending
  }

  package static func observed(_ observation: Observation) -> PollResult { PollResult(.observed(observation)) }

  package static func failed(_ failure: CheckFailure, registryAnswers: Bool) -> PollResult {
    PollResult(.failed(failure, registryAnswers: registryAnswers))
  }
}

extension PollResult {
  /// When the tag was seen to be as the result says: a walk through a slow registry may end much later.
  func seen(at now: Timestamp) -> Timestamp {
    guard case .observed(.found(_, _, let age)) = outcome else { return now }
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
  /// What a glance at it was answered, where that is not all there is to say.
  var first: FirstAnswer?
  /// Ask whether the registry answers at all if the tag is not found: the answer may prove a deletion.
  let wantsProbe: Bool
}

extension PollResult {
  /// Of a glance that found the tag where it stood.
  static let glanced = PollResult(.observed(.unchanged))
}
