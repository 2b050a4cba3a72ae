import Foundation
import Messages
import TestSupport
import Testing

/// The table of formats in docs/reference.md is that of the code. WATCHER_WRITE_MESSAGES=1 writes it anew.
@Suite struct ReferenceTests {
  private static let path = ProjectFile.path("docs/reference.md")
  private static let (begin, end) = ("<!-- formats -->\n", "<!-- /formats -->\n")

  private var table: String {
    let rows = MessageFormat.all.map { format in
      "| `\(format.name)` | \(format.service) | \(format.setup) | \(parameters(format)) | \(pace(format)) | "
        + "\(format.source) |"
    }
    let head = ["| `format` | Service | To do there | `parameters` | At most | Source |", "|---|---|---|---|---|---|"]
    return (head + rows).joined(separator: "\n") + "\n"
  }

  private func parameters(_ format: MessageFormat) -> String {
    let all = format.parameters.map { parameter in
      let form =
        switch parameter.form {
        case .text: parameter.meaning
        case .integer(let range): "\(range.lowerBound) … \(range.upperBound), \(parameter.meaning)"
        case .choice(let words): "\(parameter.meaning): \(words.joined(separator: ", "))"
        }
      return "`\(parameter.name)`" + (parameter.usually.map { " (`\($0)`)" } ?? "") + ": " + form
    }
    return all.isEmpty ? "–" : all.joined(separator: "; ")
  }

  private func pace(_ format: MessageFormat) -> String {
    let all = [format.pace.map { "\($0.requests) in \($0.seconds) s" }, format.atOnce.map { "\($0) at once" }]
      .compactMap(\.self)
    return all.isEmpty ? "–" : all.joined(separator: ", ")
  }

  @Test func everyFormatHasItsRow() throws {
    var text = try String(contentsOfFile: Self.path, encoding: .utf8)
    let start = try #require(text.firstRange(of: Self.begin)).upperBound
    let stop = try #require(text.firstRange(of: Self.end)).lowerBound
    if ProcessInfo.processInfo.environment["WATCHER_WRITE_MESSAGES"] != nil {
      text.replaceSubrange(start..<stop, with: table)
      try text.write(toFile: Self.path, atomically: true, encoding: .utf8)
      return
    }
    #expect(text[start..<stop] == table)
  }

  /// Each name of a fact is explained.
  @Test func everyNameIsThere() throws {
    let text = try ProjectFile.text("docs/reference.md")
    let section = try #require(text.firstRange(of: "### Bodies of your own")).upperBound
    let rest = text[section...]
    for name in MessageFact.Name.allCases.map(\.rawValue) + ["label.<key>"] {
      #expect(rest.contains("`\(name)`"), "\(name)")
    }
  }
}
