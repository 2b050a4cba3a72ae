/// What a command's exit status says. Source: docs/service.md, Exit status; sysexits.h.
package enum ExitCode: Int32, Error, Sendable, CaseIterable {
  case success = 0
  /// `--exit-code` and something changed.
  case changesFound = 1
  /// Some tags could not be checked.
  case someFailed = 2
  case usage = 64
  /// The database is damaged, foreign or from a newer version.
  case data = 65
  /// No such tag or digest.
  case notFound = 66
  /// Registry or daemon unavailable.
  case unavailable = 69
  case internalError = 70
  case cannotCreate = 73
  case inputOutput = 74
  /// Another process holds the database.
  case locked = 75
  case permission = 77
  case configuration = 78
}
