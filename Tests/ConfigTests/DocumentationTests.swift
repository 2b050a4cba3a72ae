import TestSupport
import Testing

@testable import Config

/// `docs/configuration.md`, of which the manual page is made, has every key in its place, and no other.
@Suite struct DocumentationTests {
  private static let expected: [String: [ConfigKey]] = [
    "Top level": ConfigKeys.root.keys, "defaults": ConfigKeys.defaults.keys, "watch[]": watched,
    "registries.HOST": ConfigKeys.registry.keys, "sinks.NAME": SinkType.common(SinkType.allCases),
    "sinks.NAME of type file": SinkType.ofFile, "sinks.NAME of type webhook": SinkType.ofWebhook,
    "sinks.NAME of type email": SinkType.ofEmail,
    "proxy": ConfigKeys.proxy.keys, "http": ConfigKeys.http.keys, "http.hints": ConfigKeys.hints.keys,
    "log": ConfigKeys.log.keys,
    "retention": ConfigKeys.retention.keys,
  ]

  /// Of an entry, be it for a tag or for a repository.
  private static let watched: [ConfigKey] = {
    let tag = ConfigKeys.image.keys
    return tag + ConfigKeys.repository.keys.filter { !tag.map(\.name).contains($0.name) }
  }()

  @Test func everyKeyIsThere() throws {
    let written = Self.rows(of: try Self.document())
    #expect(Set(written.keys) == Set(Self.expected.keys))
    for (section, keys) in Self.expected {
      #expect(written[section]?.keys.sorted() == keys.map(\.name).sorted(), "\(section)")
    }
  }

  /// With its range and its words, which stand in the second column.
  @Test func everyValueIsWhatTheTableSays() throws {
    let written = Self.rows(of: try Self.document())
    for (section, keys) in Self.expected {
      for key in keys {
        var cell = try #require(written[section]?[key.name])
        if cell == "as in `defaults`" { cell = try #require(written["defaults"]?[key.name]) }
        #expect(Self.says(cell, key.value), "\(section): \(key.name) is \(cell), and \(key.value)")
      }
    }
  }

  @Test func anotherRangeIsFound() {
    #expect(Self.says("whole number, 1 … 64", .integer(1...64)) && !Self.says("whole number, 1 … 64", .integer(1...6)))
    #expect(Self.says("duration, 1s … 5m", .duration(1...300)) && !Self.says("duration, 1s … 5m", .duration(1...301)))
    #expect(Self.says("`a` or `b`", .words(["a", "b"])) && !Self.says("`a` or `b`", .words(["a", "b", "c"])))
    #expect(!Self.says("file", .path) && !Self.says("list of at most 10 entries", .list(of: .text, 0...11)))
  }

  /// The example is one.
  @Test func theExampleIsValid() throws {
    let example = try #require(Self.document().firstMatch(of: /```json\n((?s:.*?))```/))
    let config = try WatchConfig.parse(Array(example.1.utf8), path: "/etc/watcher/config.json")
    #expect(config.warnings.isEmpty)
  }

  /// Each sink of the guide is one.
  @Test func theSinksOfTheGuideAreValid() throws {
    let examples = try ProjectFile.text("docs/guide.md").matches(of: /```json\n(\{(?s:.*?)\})\n```/).map(\.1)
    let sinks = examples.filter { $0.contains("\"sinks\"") }
    #expect(sinks.count >= 7)
    for example in sinks {
      #expect(throws: Never.self, "\(example)") {
        try WatchConfig.parse(Array(example.utf8), path: "/etc/watcher/config.json")
      }
    }
  }

  /// Whether a cell begins with what can be said of any value of that kind.
  private static func says(_ cell: String, _ value: ConfigValue) -> Bool {
    let words = words(value)
    let cell = cell.replacing(/(\d),(?=\d)/) { $0.output.1 }
    return cell.hasPrefix(words) && cell.dropFirst(words.count).first?.isNumber != true
  }

  private static func words(_ value: ConfigValue) -> String {
    func ends(_ range: ClosedRange<Int>, _ text: (Int) -> String = { "\($0)" }) -> String {
      "\(text(range.lowerBound)) … \(text(range.upperBound))"
    }
    switch value {
    case .any: return "any JSON value"
    case .path: return "path"
    case .file: return "file"
    case .boolean: return "true or false"
    case .no: return "false"
    case .integer(let range): return "whole number, \(ends(range))"
    case .rate(let range): return "number, more than \(range.lowerBound), at most \(range.upperBound)"
    case .duration(let range): return "duration, \(ends(range, ConfigDuration.text))"
    case .period(let range): return "duration, \(ends(range, ConfigDuration.text)), or `forever`"
    case .words(let words):
      let quoted = words.map { "`\($0)`" }
      return [quoted.dropLast().joined(separator: ", "), quoted.last ?? ""].filter { !$0.isEmpty }
        .joined(separator: " or ")
    case .list(.duration(let each), let count):
      return "list of \(count.lowerBound) to \(count.upperBound) durations, each at most "
        + ConfigDuration.text(each.upperBound)
    case .list(_, let count): return count.upperBound == .max ? "list of " : "list of at most \(count.upperBound) "
    case .data(.file, _): return "object of files"
    case .data(_, let most): return most == .max ? "object of strings" : "object of at most \(most) strings"
    case .object, .named: return "object"
    // What it looks like has words of its own.
    case .string, .text, .form, .oneOf: return ""
    }
  }

  /// The second column of the tables below each heading, by the key in the first.
  private static func rows(of document: String) -> [String: [String: String]] {
    var rows: [String: [String: String]] = [:]
    var heading = ""
    for line in document.split(separator: "\n") {
      if line.hasPrefix("## ") { heading = String(line.dropFirst(3)) }
      guard let key = line.firstMatch(of: /^\| `(\w+)` \|/) else { continue }
      rows[heading, default: [:]][String(key.1)] = MarkdownTable.cells(line)[1]
    }
    return rows
  }

  private static func document() throws -> String { try ProjectFile.text("docs/configuration.md") }
}
