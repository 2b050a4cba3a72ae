/// What is logged to stderr, and how it is written.
public struct LogSettings: Sendable, Hashable {
  public enum Level: String, Sendable, CaseIterable {
    case debug, info, warning, error
  }

  public enum Format: String, Sendable, CaseIterable {
    case logfmt, json
  }

  public var level = Level.info
  public var format = Format.logfmt
}
