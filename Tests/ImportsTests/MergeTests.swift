import Config
import ImageModel
import Testing

@testable import Imports

/// Entries in a configuration, byte by byte.
@Suite struct MergeTests {
  private static func images(_ texts: [String]) throws -> [WatchedImage] {
    var findings = Findings()
    for text in texts { findings.add(text, at: Place(file: "f", line: 1)) }
    return findings.images
  }

  private static func merged(_ text: String, _ images: [WatchedImage]) throws -> String {
    let bytes = Array(text.utf8)
    let merged = WatchlistMerge.merged(bytes, try WatchConfig.parse(bytes, path: "c"), images)
    return String(decoding: merged, as: UTF8.self)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let before: String
    let after: String

    init(_ name: String, _ before: String, _ after: String) {
      (testDescription, self.before, self.after) = (name, before, after)
    }
  }

  /// `NEW` stands for `"nginx:latest"`, `ALSO` for `"ghcr.io/a/b:1"`.
  static let cases = [
    Case("an empty object", "{}", "{\n  \"watch\": [\n    NEW,\n    ALSO\n  ]\n}"),
    Case("an empty object on two lines", "{\n}\n", "{\n  \"watch\": [\n    NEW,\n    ALSO\n  ]\n}\n"),
    Case("an empty list", #"{"watch":[]}"#, #"{"watch":[NEW, ALSO]}"#),
    Case("one with a blank", #"{ "watch": [ ] }"#, #"{ "watch": [NEW, ALSO ] }"#),
    Case("one of a document", "{\n\t\"watch\": []\n}\n", "{\n\t\"watch\": [\n\t\tNEW,\n\t\tALSO\n\t]\n}\n"),
    Case(
      "one that is open", "{\n  \"watch\": [\n  ]\n}\n", "{\n  \"watch\": [\n    NEW,\n    ALSO\n  ]\n}\n"),
    Case("on one line", #"{"watch":["a:1"]}"#, #"{"watch":["a:1", NEW, ALSO]}"#),
    Case("on one line, narrow", #"{"watch":["a:1","b:1"]}"#, #"{"watch":["a:1","b:1",NEW,ALSO]}"#),
    Case("on one line, wide", #"{"watch":[ "a:1",  "b:1" ]}"#, #"{"watch":[ "a:1",  "b:1",  NEW,  ALSO ]}"#),
    Case(
      "on many lines", "{\n    \"watch\": [\n        \"a:1\",\n        \"b:1\"\n    ]\n}\n",
      "{\n    \"watch\": [\n        \"a:1\",\n        \"b:1\",\n        NEW,\n        ALSO\n    ]\n}\n"),
    Case(
      "several on a line", "{\"watch\": [\n  \"a:1\", \"b:1\",\n  \"c:1\", \"d:1\"]}",
      "{\"watch\": [\n  \"a:1\", \"b:1\",\n  \"c:1\", \"d:1\",\n  NEW,\n  ALSO]}"),
    Case(
      "lines of Windows, tabs, and no end", "{\r\n\t\"watch\": [\r\n\t\t\"a:1\"\r\n\t]\r\n}",
      "{\r\n\t\"watch\": [\r\n\t\t\"a:1\",\r\n\t\tNEW,\r\n\t\tALSO\r\n\t]\r\n}"),
    Case(
      "an object last, and a remark before", #"{"//": "watch: []", "watch": [{"image": "a:1", "//": "]"}], "log": {}}"#,
      #"{"//": "watch: []", "watch": [{"image": "a:1", "//": "]"}, NEW, ALSO], "log": {}}"#),
    Case(
      "an object on lines of its own", "{\n  \"watch\": [\n    {\n      \"image\": \"a:1\"\n    }\n  ]\n}",
      "{\n  \"watch\": [\n    {\n      \"image\": \"a:1\"\n    },\n    NEW,\n    ALSO\n  ]\n}"),
    Case("no list", #"{"log":{}}"#, #"{"log":{}, "watch": [NEW, ALSO]}"#),
    Case(
      "no list in a document", "{\n  \"//\": \"\u{e9}\",\n  \"log\": {\n  }\n}\n",
      "{\n  \"//\": \"\u{e9}\",\n  \"log\": {\n  },\n  \"watch\": [\n    NEW,\n    ALSO\n  ]\n}\n"),
    Case("some are there", #"{"watch":["docker.io/library/nginx"]}"#, #"{"watch":["docker.io/library/nginx", ALSO]}"#),
    Case(
      "all are there", "{\"watch\":[ \"nginx\" ,\n {\"image\":\"ghcr.io/a/b:1@sha256:\(digest)\"}] }  ",
      "{\"watch\":[ \"nginx\" ,\n {\"image\":\"ghcr.io/a/b:1@sha256:\(digest)\"}] }  "),
    Case("a key with escapes", #"{"w\u0061tch":["a"]}"#, #"{"w\u0061tch":["a", NEW, ALSO]}"#),
  ]

  private static let digest = String(repeating: "a", count: 64)

  @Test(arguments: cases) func onlyEntriesAreAdded(_ one: Case) throws {
    let after = one.after.replacing("NEW", with: #""nginx:latest""#).replacing("ALSO", with: #""ghcr.io/a/b:1""#)
    let images = try Self.images(["nginx", "ghcr.io/a/b:1"])
    let merged = try Self.merged(one.before, images)
    #expect(merged == after, "\(merged)")
    let tags = try WatchConfig.parse(Array(merged.utf8), path: "c").watch.map(\.tag)
    #expect(Set(tags).isSuperset(of: images.compactMap { if case .tag(let tag) = $0.subject { tag } else { nil } }))
    #expect(try Self.merged(merged, images) == merged, "once they are there they are not lacking")
    #expect(try Self.merged(one.before, []) == one.before)
  }

  @Test func whatAnEntrySaysIsTaken() throws {
    var findings = Findings()
    let list = """
      - {name: python, watch_repo: true, include_tags: ['^3\\.', "\\"x\\""], max_tags: 5, metadata: {"\u{202e}": "\\u0007é"}}
      - {name: "alpine:3", platform: {os: linux, arch: arm64}}
      """
    let file = ImportFile(name: "f", bytes: Array(list.utf8))
    try DiunImages { _ in .absent }.find(in: file, &findings)
    let merged = try Self.merged(#"{"watch": ["python", "alpine"]}"#, findings.images)
    let config = try WatchConfig.parse(Array(merged.utf8), path: "c")
    #expect(config.watch.count == 3 && config.repositories.count == 1, "\(merged)")
    #expect(config.repositories.first?.tags.include.map(\.text) == [#"^3\."#, #""x""#])
    #expect(config.repositories.first?.tags.maxTags == 5)
    #expect(config.repositories.first?.labels == ["\u{202e}": "\u{7}é"])
    #expect(config.watch.last?.selection == .only([Platform(os: "linux", architecture: "arm64")]))
    #expect(merged.unicodeScalars.allSatisfy { $0.value != 0x202e && $0.value != 7 })
    #expect(merged.contains(#", { "repository": "python", "include_tags": ["^3\\.", "#), "\(merged)")
  }

  @Test func aDocumentOfItsOwnIsOneToo() throws {
    let empty = WatchlistMerge.document([])
    #expect(String(decoding: empty, as: UTF8.self) == "{\n  \"watch\": []\n}\n")
    let one = WatchlistMerge.document(try Self.images(["nginx"]))
    #expect(String(decoding: one, as: UTF8.self) == "{\n  \"watch\": [\n    \"nginx:latest\"\n  ]\n}\n")
    #expect(try WatchConfig.parse(one, path: "c").watch.count == 1)
  }

  /// What is found anywhere makes a configuration that can be read.
  @Test(arguments: Fixture.all) func whateverIsFoundCanBeWatched(_ fixture: Fixture) throws {
    var importer = Importer(neighbours: Fixture.neighbour)
    guard (try? importer.add(ImportFile(name: fixture.path, bytes: Fixture.bytes(fixture.path)), fixture.kind)) != nil
    else { return }
    let config = try WatchConfig.parse(WatchlistMerge.document(importer.images), path: "c")
    #expect(config.watch.count + config.repositories.count == importer.images.count)
  }
}
