import Foundation
import TestSupport
import Testing

/// The JSON documents that `docs/reference.md` shows are what the binary prints, but for times, identifiers and places.
@Suite struct DocumentedJSONTests {
  private static let text = Result { try ProjectFile.text("docs/reference.md") }

  private static let identifier = "0d4c7f3e-6a51-4f0e-9d28-5b1f6c2a7e90"

  @Test func everyExampleIsWhatIsPrinted() throws {
    let shown = try examples()
    let printed = try documents()
    #expect(Set(shown.keys) == Set(printed.keys))
    for (name, text) in printed.sorted(by: { $0.key < $1.key }) {
      let example = try pretty(shown[name] ?? "{}")
      let real = try pretty(text)
      #expect(example == real, "docs/reference.md, example \(name), has to show:\n\(real)")
    }
  }

  /// By the name in the comment before each.
  private func examples() throws -> [String: String] {
    let parts = try Self.text.get().components(separatedBy: "<!-- example: ").dropFirst()
    var examples: [String: String] = [:]
    for part in parts {
      let name = String(part.prefix { $0 != " " })
      let block = part.components(separatedBy: "```json\n").dropFirst().first?.components(separatedBy: "```").first
      let document: String = try #require(block, "no document follows \(name)")
      examples[name] = document
    }
    return examples
  }

  /// What the commands print of a tag that was rebuilt, with a receiver that fails.
  private func documents() throws -> [String: String] {
    let registry = try FakeRegistry()
    let receiver = try LoopbackServer { _ in ScriptedResponse(500, body: Array("out of order".utf8)) }
    defer {
      registry.stop()
      receiver.stop()
    }
    let tag = "\(registry.authority)/team/app:stable"
    let first = FakeRegistryImage("first", platforms: ["linux/amd64"])
    registry.put(first, in: "team/app", tag: "stable")
    let scene = try Scene(watch: [tag], sinks: ["ops": Scene.webhook(to: "\(receiver.origin)/watcher")])
    _ = try scene.json(["check", "--json", "--config", scene.config])
    registry.put(first.rebuilt(), in: "team/app", tag: "stable")
    var printed: [String: String] = [:]
    func keep(_ name: String, _ arguments: [String]) throws {
      let outcome = try scene.run(arguments)
      #expect(outcome.status == 0, "\(arguments): \(outcome.stderr)")
      printed[name] = outcome.stdout
        .replacing(registry.authority, with: "127.0.0.1:5000")
        .replacing(receiver.origin, with: "http://127.0.0.1:8080")
        .replacing(scene.directory, with: "/var/lib/watcher")
        .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, with: "2026-09-17T21:30:05.123Z")
        .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: Self.identifier)
    }
    try keep("check", ["check", "--json", "--config", scene.config])
    try keep("event", ["events", "--json", "--type", "watcher.image.changed"])
    try keep("history", ["history", tag, "--json"])
    try keep("diff", ["diff", tag, "--json"])
    try keep("which", ["which", "b7cb2ad9ccf8", "--json"])
    let running = first.imageID("linux/amd64")
    try #"{"name":"web","image":"\#(tag)","digests":["\#(running)"]}"#
      .write(toFile: "\(scene.directory)/containers.jsonl", atomically: false, encoding: .utf8)
    try keep("drift", ["drift", "--from", "\(scene.directory)/containers.jsonl", "--json"])
    try keep("resolve", ["resolve", tag, "--json"])
    try keep("status", ["status", "--json"])
    try keep("deliveries", ["deliveries", "list", "--json"])
    try keep("sinks", ["sinks", "list", "--json", "--config", scene.config])
    try keep("db-check", ["db", "check", "--json"])
    try keep("db-prune", ["db", "prune", "--json", "--config", scene.config])
    let old = "\(registry.authority)/team/app:old"
    registry.put(FakeRegistryImage("old", platforms: ["linux/amd64"]), in: "team/app", tag: "old")
    _ = try scene.json(["check", old, "--json", "--config", scene.config])
    try keep("forget", ["forget", old, "--yes", "--json"])
    try scene.put(["compose.yaml": Self.composeFile])
    try keep("import", ["import", "compose", scene.directory + "/compose.yaml", "--json"])
    // The example leaves the event out, which has its own.
    let event = try #require(printed["event"]).trimmingCharacters(in: .newlines)
    #expect(printed["check"]?.contains("[\(event)]") == true)
    printed["check"] = printed["check"]?.replacing(event, with: "")
    return printed
  }

  private static let composeFile = """
    services:
      web:
        image: ghcr.io/example/web:${VERSION:-stable}
      db:
        image: postgres
      worker:
        build: .

    """

  private func pretty(_ text: String) throws -> String {
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let bytes = try JSONSerialization.data(
      withJSONObject: document, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return String(decoding: bytes, as: UTF8.self)
  }
}
