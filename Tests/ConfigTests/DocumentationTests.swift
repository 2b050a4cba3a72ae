import TestSupport
import Testing

@testable import Config

/// `docs/configuration.md`, of which the manual page is made, has every key in its place, and no other.
@Suite struct DocumentationTests {
  private static let expected: [String: [String]] = [
    "Top level": ConfigKeys.root, "defaults": ConfigKeys.defaults, "registries.HOST": ConfigKeys.registry,
    "watch[]": ["image"] + ConfigKeys.repository, "sinks.NAME": ConfigKeys.sink,
    "sinks.NAME of type file": ConfigKeys.file, "sinks.NAME of type webhook": ConfigKeys.webhook,
    "http": ConfigKeys.http, "log": ConfigKeys.log, "retention": ConfigKeys.retention,
  ]

  @Test func everyKeyIsThere() throws {
    let written = Self.keys(in: try Self.document())
    #expect(Set(written.keys) == Set(Self.expected.keys))
    for (section, keys) in Self.expected { #expect(written[section]?.sorted() == keys.sorted(), "\(section)") }
  }

  /// The example is one.
  @Test func theExampleIsValid() throws {
    let example = try #require(Self.document().firstMatch(of: /```json\n((?s:.*?))```/))
    let config = try WatchConfig.parse(Array(example.1.utf8), path: "/etc/watcher/config.json")
    #expect(config.warnings.isEmpty && config.unbuilt.isEmpty)
  }

  /// The keys of the tables below each heading.
  private static func keys(in document: String) -> [String: [String]] {
    var keys: [String: [String]] = [:]
    var heading = ""
    for line in document.split(separator: "\n") {
      if line.hasPrefix("## ") { heading = String(line.dropFirst(3)) }
      if let row = line.firstMatch(of: /^\| `(\w+)` \|/) { keys[heading, default: []].append(String(row.1)) }
    }
    return keys
  }

  private static func document() throws -> String { try ProjectFile.text("docs/configuration.md") }
}
