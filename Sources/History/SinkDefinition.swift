import ImageModel

/// A sink of the configuration.
package struct SinkDefinition: Hashable, Sendable {
  package let name: String
  /// `stdout`, `file`, `webhook` or `email`.
  package let type: String
  /// Stands for the whole definition: when it changes, a disabled sink is tried again. Free of secrets.
  package let fingerprint: String
  /// What stood for the same definition in databases of earlier versions.
  package let formerFingerprint: String?

  package init(name: String, type: String, fingerprint: String, formerFingerprint: String? = nil) {
    self.name = name
    self.type = type
    self.fingerprint = fingerprint
    self.formerFingerprint = formerFingerprint
  }
}

package enum SinkState: String, Sendable, CaseIterable {
  case ok
  /// Something that was tried has not arrived. The database keeps that beside the state.
  case failing
  /// Its receiver asked not to be sent anything any more (410).
  case disabled
  /// No longer in the configuration; what waits for it is kept and shown.
  case removed
}

/// The time for which a sink's receiver has asked to be sent nothing.
enum SinkRest {
  /// Milliseconds since 1970 at which one may end that is not over. A later end was put there by another clock.
  static func ends(after now: Timestamp) -> ClosedRange<Int64> {
    (now.milliseconds + 1)...(now.milliseconds + Int64(Limits.webhookRetryAfterSeconds) * 1_000)
  }
}
