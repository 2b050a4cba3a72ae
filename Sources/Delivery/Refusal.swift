/// A receiver's answer that it takes nothing for now.
package struct Refusal: Sendable, Hashable {
  /// Too many were sent (429): then its pace can be learnt. Otherwise it was busy or away (503).
  package let isTooMany: Bool
  /// For how long it asked to be sent nothing; `nil` if it did not say.
  package let asked: Duration?

  package init(isTooMany: Bool, asked: Duration?) {
    self.isTooMany = isTooMany
    self.asked = asked
  }
}
