/// What is logged to stderr, and how it is written.
package struct LogSettings: Sendable, Hashable {
  package enum Level: String, Sendable, CaseIterable {
    case debug, info, warning, error
  }

  package enum Format: String, Sendable, CaseIterable {
    case logfmt, json
  }

  package var level = Level.info
  package var format = Format.logfmt
}
