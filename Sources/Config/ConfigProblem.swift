import ImageModel

/// Something wrong, doubtful or notable in a configuration, and where.
public struct ConfigProblem: Error, Sendable, Hashable {
  public enum Severity: String, Sendable {
    case error, warning, note
  }

  public let severity: Severity
  /// The file, as the user named it.
  public let path: String
  /// From 1.
  public let line: Int
  /// From 1, in Unicode scalars.
  public let column: Int
  /// What is wrong, in one line.
  public let message: String
  /// What to do about it, in one line.
  public let hint: String?
  /// The offending line, made safe for a terminal, cut around the place if it is long, secrets as `*`.
  public let sourceLine: String
  /// How many characters of `sourceLine` are before the place.
  let caret: Int

  /// As compilers print it: `path:line:column: error: message`, the line, a caret below it, and the hint.
  public var rendered: String { rendered(as: severity) }

  /// The same under another severity: what `config check` only notes, `run` refuses.
  public func rendered(as severity: Severity) -> String {
    let head = "\(path.safe()):\(line):\(column): \(severity.rawValue): \(message)"
    let source = sourceLine.isEmpty ? "" : "\n  \(sourceLine)\n  \(String(repeating: " ", count: caret))^"
    return head + source + (hint.map { "\n  hint: \($0)" } ?? "")
  }
}

/// Everything that is wrong with a configuration.
public struct ConfigProblems: Error, Sendable, Hashable {
  /// How many problems are kept and shown; the others are counted. Enough for any file that a person writes.
  static let kept = 10_000
  /// How many warnings, and how many notes, are kept.
  static let keptRemarks = 100

  /// Sorted by position, the first ten thousand.
  public let problems: [ConfigProblem]
  /// How many problems there are, those beyond `problems` included.
  public let count: Int

  /// A text for each problem, and one that says how many more there are.
  public var texts: [String] {
    let more = count - problems.count
    let tail = more == 0 ? [] : ["and \(more) more \(more == 1 ? "problem" : "problems")"]
    return problems.map(\.rendered) + tail
  }

  /// The texts, one below the other.
  public var rendered: String { texts.joined(separator: "\n") }
}
