import Foundation

/// A document that may be a configuration, and where it stands.
package struct JSONDocument {
  package let name: String
  package let bytes: [UInt8]

  package init(_ name: String, _ bytes: some Sequence<UInt8>) {
    self.name = name
    self.bytes = Array(bytes)
  }

  /// What the project ships, shows and tests with; most is no configuration.
  package static func ofTheProject() throws -> [JSONDocument] {
    var documents: [JSONDocument] = []
    let below = try ["contrib", "docs", "packaging", "Tests"].flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: ProjectFile.path(folder)).map { "\(folder)/\($0)" }
    }
    for path in ["README.md", "config.example.json"] + below {
      if path.hasSuffix(".json") || path.hasPrefix("Tests/FuzzTests/corpus/config/") {
        let bytes = FileManager.default.contents(atPath: ProjectFile.path(path))
        documents.append(JSONDocument(path, bytes ?? Data()))
      } else if path.hasSuffix(".md") {
        documents += try parts(of: path, like: /```json\n(?<part>(?s:.*?))```/)
      } else if path.hasSuffix(".yml") {
        documents += try parts(of: path, like: /\.json: \|\n(?<part>(?: {4}.*\n)+)/)
      } else if path.hasPrefix("Tests/"), path.hasSuffix(".swift") {
        documents += try parts(of: path, like: /#"(?<part>\{.*?\})"#/)
      }
    }
    return documents
  }

  private static func parts(
    of path: String, like pattern: Regex<(Substring, part: Substring)>
  ) throws -> [JSONDocument] {
    try ProjectFile.text(path).matches(of: pattern).map { JSONDocument("\(path): \($0.part)", $0.part.utf8) }
  }
}
