/// A receiver's answer that it takes nothing for now.
public struct Refusal: Sendable, Hashable {
  /// Too many were sent (429): then its pace can be learnt. Otherwise it was busy or away (503).
  public let isTooMany: Bool
  /// For how long it asked to be sent nothing; `nil` if it did not say.
  public let asked: Duration?

  public init(isTooMany: Bool, asked: Duration?) {
    self.isTooMany = isTooMany
    self.asked = asked
  }
}
