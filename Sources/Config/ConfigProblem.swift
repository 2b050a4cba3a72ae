import ImageModel

/// Something wrong or doubtful in a configuration, and where.
package struct ConfigProblem: Error, Sendable, Hashable {
  package enum Severity: String, Sendable {
    case error, warning
  }

  package let severity: Severity
  /// The file, as the user named it.
  package let path: String
  /// From 1; 0 where the file does not say what it is about, and there is no place to show.
  package let line: Int
  /// From 1, in Unicode scalars.
  package let column: Int
  /// What is wrong, in one line.
  package let message: String
  /// What to do about it, in one line.
  package let hint: String?
  /// The offending line, made safe for a terminal, cut around the place if it is long, secrets as `*`.
  package let sourceLine: String
  /// How many characters of `sourceLine` are before the place.
  let caret: Int

  /// As compilers print it: `path:line:column: error: message`, the line, a caret below it, and the hint.
  package var rendered: String {
    let place = line == 0 ? "" : ":\(line):\(column)"
    let head = "\(path.safe())\(place): \(severity.rawValue): \(message)"
    let source = sourceLine.isEmpty ? "" : "\n  \(sourceLine)\n  \(String(repeating: " ", count: caret))^"
    return head + source + (hint.map { "\n  hint: \($0)" } ?? "")
  }
}

extension ConfigProblem {
  /// The same, where it may be none.
  package var asWarning: ConfigProblem {
    ConfigProblem(
      severity: .warning, path: path, line: line, column: column, message: message, hint: hint, sourceLine: sourceLine,
      caret: caret)
  }

  /// A problem with something that the file leaves to its default.
  init(_ severity: Severity, path: String, _ message: String, hint: String?) {
    self.init(
      severity: severity, path: path, line: 0, column: 0, message: message, hint: hint, sourceLine: "", caret: 0)
  }
}

extension [ConfigProblem] {
  /// Of more problems of one kind the first ones stand for all.
  private static var alike: (atMost: Int, shown: Int) { (30, 10) }

  /// A text for each problem; of many that differ only in what they are about a few, and how many more there are.
  package var texts: [String] {
    let kinds = Dictionary(grouping: indices) { self[$0].kind }
    var hidden: Set<Int> = []
    var rest: [(first: Int, count: Int)] = []
    for indices in kinds.values where indices.count > Self.alike.atMost {
      hidden.formUnion(indices.dropFirst(Self.alike.shown))
      rest.append((indices[0], indices.count - Self.alike.shown))
    }
    return indices.filter { !hidden.contains($0) }.map { self[$0].rendered }
      + rest.sorted { $0.first < $1.first }.map { first, count in
        "and \(count) more like that at \(self[first].line):\(self[first].column) (\(self[first].message))"
      }
  }
}

extension ConfigProblem {
  /// How bad it is, and its words without what it is about: names, numbers and what is quoted.
  fileprivate var kind: String {
    "\(severity): "
      + message.split(separator: " ").filter { word in
        word.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == UInt8(ascii: ",") }
      }.joined(separator: " ")
  }
}

/// Everything that is wrong with a configuration.
package struct ConfigProblems: Error, Sendable, Hashable {
  /// How many problems are kept and shown; the others are counted. Enough for any file that a person writes.
  static let kept = 10_000
  /// How many warnings, and how many keys that are not built, are kept.
  static let keptRemarks = 100

  /// Sorted by position, the first ten thousand.
  package let problems: [ConfigProblem]
  /// How many problems there are, those beyond `problems` included.
  package let count: Int

  /// A text for each problem, of many that are alike for a few, and one that says how many more there are.
  package var texts: [String] {
    let more = count - problems.count
    let tail = more == 0 ? [] : ["and \(more) more \(more == 1 ? "problem" : "problems")"]
    return problems.texts + tail
  }

  /// The texts, one below the other.
  package var rendered: String { texts.joined(separator: "\n") }
}
