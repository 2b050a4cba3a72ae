import ImageModel

/// One place where events go.
public struct SinkSettings: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case stdout
    /// The path is absolute.
    case file(path: String)
    case webhook(WebhookSettings)
  }

  public var name: String
  public var kind: Kind
  /// `nil`: the types that are on by default.
  public var events: EventPatterns?
  /// Seconds in which events are gathered into one.
  public var groupSeconds: Int?

  public init(name: String, kind: Kind, events: EventPatterns? = nil, groupSeconds: Int? = nil) {
    self.name = name
    self.kind = kind
    self.events = events
    self.groupSeconds = groupSeconds
  }

  /// Whether this sink is sent events of that type.
  public func wants(_ type: EventType) -> Bool { events?.matches(type) ?? type.isOnByDefault }
}
