package import ImageModel

/// Why a question has no answer.
package struct QuestionError: Error, Hashable, Sendable {
  /// What a command ends with.
  package let status: ExitCode
  /// One line: `<what> (<where>): <what to do>`.
  package let message: String

  package init(_ status: ExitCode, _ message: String) { (self.status, self.message) = (status, message) }
}

/// How a value is given, for what is said of it.
package enum Spelling: Sendable {
  /// `--since 15m`
  case option
  /// `since=15m`
  case parameter

  func callAsFunction(_ name: String, _ value: String? = nil) -> String {
    switch self {
    case .option: "--\(name)" + (value.map { " \($0)" } ?? "")
    case .parameter: name + (value.map { "=\($0)" } ?? "")
    }
  }
}
