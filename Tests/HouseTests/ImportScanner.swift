/// Finds the modules that a Swift file imports, whatever attributes, access levels and conditions stand around.
enum ImportScanner {
  /// The modules in the order of the text, once each time they are named. `#if canImport(X)` names one as well:
  /// what is tried is as good as imported.
  static func modules(in source: String) -> [String] {
    withoutComments(source).split(whereSeparator: { $0.isNewline || $0 == ";" }).compactMap { statement in
      if let match = statement.firstMatch(of: declaration) { return String(match.1) }
      return statement.firstMatch(of: condition).map { String($0.1) }
    }
  }

  private nonisolated(unsafe) static let declaration =
    /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:typealias|struct|class|enum|protocol|let|var|func|actor|macro)\s+)?(\w+)/

  private nonisolated(unsafe) static let condition = /^\s*#(?:else)?if\b.*\bcanImport\(\s*(\w+)/

  private static func withoutComments(_ source: String) -> String {
    source.replacing(/\/\*(?s:.*?)\*\//, with: " ").replacing(/\/\/[^\n]*/, with: "")
  }
}
