import FoundationEssentials

/// A file of the project, by its path below the root: `docs/reference.md`.
package enum ProjectFile {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package static func path(_ file: String) -> String { root.appending(path: file).path }

  package static func text(_ file: String) throws -> String { try String(contentsOfFile: path(file), encoding: .utf8) }
}

/// A table in a document.
package enum MarkdownTable {
  private struct Missing: Error {
    let head: String
  }

  /// The rows of the first table below a line, each with its cells.
  ///
  /// - Parameter line: of the document, or how it begins: a heading, or the table's own head.
  package static func rows(below line: String, in document: String) throws -> [[String]] {
    let lines = document.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.hasPrefix(line) }) else { throw Missing(head: line) }
    let table = lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
    return table.dropFirst(2).map(cells)
  }

  package static func cells(_ row: some StringProtocol) -> [String] {
    row.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { cell in
      String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }
}
