import Foundation
import TestSupport
import Testing

@testable import Config

/// `docs/watcher.schema.json` is what `ConfigSchema` writes.
@Suite struct SchemaFileTests {
  private static let path = "docs/watcher.schema.json"
  private static let remedy = "write it anew: WATCHER_WRITE_SCHEMA=1 swift test --filter SchemaFileTests"

  @Test func theFileIsWhatTheTableSays() throws {
    if ProcessInfo.processInfo.environment["WATCHER_WRITE_SCHEMA"] != nil {
      try Data(ConfigSchema.text.utf8).write(to: URL(filePath: ProjectFile.path(Self.path)))
    }
    #expect(try ProjectFile.text(Self.path) == ConfigSchema.text, "\(Self.remedy)")
  }

  /// The reader knows each key of the table, and reads it as what it is there.
  @Test func eachKeyIsReadWithSomeValue() {
    let taken = Set(SchemaProbe.all.filter(\.document.isTaken).map(\.key))
    let keys = [
      ConfigKeys.root, ConfigKeys.defaults, ConfigKeys.image, ConfigKeys.registry, ConfigKeys.credential,
      SinkType.anyKeys, ConfigKeys.proxy, ConfigKeys.http, ConfigKeys.log, ConfigKeys.retention,
    ].flatMap(\.keys)
    #expect(keys.filter { !taken.contains($0.name) }.map(\.name) == [])
    #expect(!taken.contains("unknown") && taken.contains("//"))
  }
}

/// The schema beside the reader, by the judgement of the `jsonschema` of PyPI.
@Suite(
  .enabled(
    if: SchemaValidator.python != nil, "scripts/test makes a Python with the library and sets WATCHER_RECEIVER_PYTHON"),
  .timeLimit(.minutes(5)))
struct SchemaTests {
  /// Bad fixtures in which a schema sees nothing wrong: what is there twice, what names something else in the file, how
  /// long something may be, and the small languages of references, hosts, URLs and patterns.
  private static let onlyForTheReader: Set<String> = [
    "addresses_and_image_ids", "digest_only", "duplicate_repository", "duplicate_tag", "duplicates_on_one_line",
    "group_range",
    "hosts_that_cannot_be", "http_listen_port", "http_open", "long_line", "more_than_twenty", "registry_hosts",
    "retention_range",
    "sink_unknown", "sink_unknown_without_sinks", "tabs",
  ]

  @Test func whatIsTakenIsValid() throws {
    let good = try JSONDocument.fixtures("good", Fixtures.good)
    let project = try JSONDocument.ofTheProject()
    let taken = (good + project).filter(\.isTaken)
    #expect(taken.count > 40, "\(taken.count) configurations")
    for path in ["config.example.json", "packaging/config.json"] { #expect(taken.contains { $0.name == path }) }
    for (document, verdict) in zip(taken, try SchemaValidator.verdicts(on: taken)) {
      #expect(verdict == "valid", "\(document.name)")
    }
  }

  @Test func whatIsRefusedIsRefusedWhereASchemaCan() throws {
    let bad = try JSONDocument.fixtures("bad", Fixtures.bad)
    let valid = zip(bad, try SchemaValidator.verdicts(on: bad)).filter { $0.1 == "valid" }.map(\.0.name)
    #expect(Set(valid) == Self.onlyForTheReader, "\(valid)")
  }

  /// Every key with every kind of value.
  @Test func theyAgreeOnEachKey() throws {
    var (both, neither, reader) = (0, 0, 0)
    for (probe, verdict) in zip(SchemaProbe.all, try SchemaValidator.verdicts(on: SchemaProbe.all.map(\.document))) {
      switch (probe.document.isTaken, verdict == "valid") {
      case (true, true): both += 1
      case (false, false): neither += 1
      case (true, false): Issue.record("\(probe.document.name) is refused: \(verdict)")
      case (false, true):
        reader += 1
        #expect(probe.isForTheReader, "\(probe.document.name) is not refused")
      }
    }
    #expect(both > 500 && neither > 5_000 && reader < neither / 10, "\(both), \(neither), \(reader)")
  }
}

extension SchemaProbe {
  /// Whether more is demanded of such a value than a schema can say.
  fileprivate var isForTheReader: Bool {
    // What a service wants is in no schema.
    if ["format", "method", "parameters", "token_file"].contains(key) { return true }
    return switch kind {
    case .boolean, .integer, .rate, .words, .object, .file, .path: false
    case nil: false
    default: true
    }
  }
}
