package import ImageModel

/// One place where events go.
package struct SinkSettings: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case stdout
    /// The path is absolute.
    case file(path: String)
    case webhook(WebhookSettings)
    case email(EmailSettings)
  }

  package var name: String
  package var kind: Kind
  /// `nil`: the types that are on by default.
  package var events: EventPatterns?
  /// Seconds in which events are gathered into one.
  package var groupSeconds: Int?

  package init(name: String, kind: Kind, events: EventPatterns? = nil, groupSeconds: Int? = nil) {
    self.name = name
    self.kind = kind
    self.events = events
    self.groupSeconds = groupSeconds
  }
}
