import Foundation
import Testing

/// The project's tree as these tests read it.
enum House {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct SourceFile {
    /// Below the root, `Sources/Drift/Comparison.swift`.
    let path: String
    /// The target it belongs to.
    let room: String
    let text: String

    init(_ path: String, _ text: String) {
      self.path = path
      room = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
      self.text = text
    }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
  }

  /// The files in `Sources` whose names end in one of `extensions`.
  static func sources(_ extensions: String...) throws -> [SourceFile] { try files("Sources", extensions) }

  /// Those in `Tests`.
  static func tests(_ extensions: String...) throws -> [SourceFile] { try files("Tests", extensions) }

  /// Those in `docs` that are text.
  static func documents() throws -> [SourceFile] { try files("docs", ["md"]) }

  private static func files(_ folder: String, _ extensions: [String]) throws -> [SourceFile] {
    let directory = root.appending(path: folder)
    return try FileManager.default.subpathsOfDirectory(atPath: directory.path)
      .filter { path in extensions.contains { path.hasSuffix("." + $0) } }
      .sorted()
      .map { path in
        SourceFile("\(folder)/\(path)", try String(contentsOf: directory.appending(path: path), encoding: .utf8))
      }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func manifest() throws -> Manifest { Manifest(try text("Package.swift")) }

  static func table() throws -> RoomTable { try RoomTable(markdown: text("docs/architecture.md")) }

  /// Records each of what a check has found.
  static func expectNone(_ violations: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in violations { Issue.record("\(violation)", sourceLocation: sourceLocation) }
  }

  static func rooms() throws -> Set<String> {
    let directory = root.appending(path: "Sources")
    return Set(try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { !$0.hasPrefix(".") })
  }
}
