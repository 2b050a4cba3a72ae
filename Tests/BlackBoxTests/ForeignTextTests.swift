import Foundation
import ImageModel
import TestSupport
import Testing

/// Images, containers and a database can say anything: no terminal obeys it, whatever command shows it.
@Suite struct ForeignTextTests {
  /// Controls of both sets, and whatever turns, hides or breaks text.
  private static let hostile: [Unicode.Scalar] =
    [0...0x1f, 0x7f...0x9f, 0x61c...0x61c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x2069, 0xfeff...0xfeff]
    .flatMap { (range: ClosedRange<UInt32>) in range.compactMap { Unicode.Scalar($0) } }
  private static let all = String(String.UnicodeScalarView(hostile))

  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(isPushed: false) }

  private func push(_ config: Document) throws {
    let manifest = FakeRegistryImage.document(
      .ociManifest,
      [
        "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest), "config": FakeRegistryImage.descriptor(config),
        "layers": .array([]),
      ])
    registry.put(blob: config, in: "app")
    registry.put(manifest: manifest, in: "app", tag: "stable")
    try expectSafe(["check", "--config", scene.config], status: 0)
  }

  /// All that an image says of itself, with one of these behind every word, and with all of them.
  private func hostileConfig() -> Document {
    let each = Self.hostile.map { (String($0.value, radix: 16), String($0)) }
    func list(_ texts: [String]) -> JSONOutput { .array(texts.map { .string($0) }) }
    func keys(_ names: [String]) -> JSONOutput { .object(names.map { .init($0, .members([:])) }) }
    let labels = each.map { JSONOutput.Member("l\($0)\($1)", .string("a\($0)\($1)")) }
    let source = "https://github.com/a/b\(Self.all)"
    return FakeRegistryImage.document(
      .ociConfig,
      [
        "architecture": .string("amd64"), "os": "linux", "os.version": .string("1\(Self.all)"),
        "created": .string("2026-01-01T00:00:00Z\(Self.all)"),
        "config": .members([
          "Env": list(each.map { "E\($0)\($1)=b\($0)\($1)" }), "Entrypoint": list(["/e\(Self.all)"]),
          "Cmd": list(each.map { "c\($0)\($1)" }), "User": .string("u\(Self.all)"),
          "WorkingDir": .string("/w\(Self.all)"), "ExposedPorts": keys(["80\(Self.all)"]),
          "Volumes": keys(["/v\(Self.all)"]),
          "Labels": .object(
            labels + [
              .init("org.opencontainers.image.source", .string(source)),
              .init("org.opencontainers.image.revision", .string("r\(Self.all)")),
              .init("org.opencontainers.image.version", .string("v\(Self.all)")),
            ]),
        ]), "rootfs": .members(["type": "layers", "diff_ids": .array([])]),
      ])
  }

  private func isSafe(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n"
        || ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
  }

  @discardableResult
  private func expectSafe(_ arguments: [String], status: Int32? = nil) throws -> WatcherBinary.Outcome {
    let outcome = try scene.run(arguments)
    for text in [outcome.stdout, outcome.stderr] { #expect(isSafe(text), "\(arguments): \(text.debugDescription)") }
    if let status { #expect(outcome.status == status, "\(arguments): \(outcome.stderr)") }
    return outcome
  }

  @Test func whatImagesSay() throws {
    defer { registry.stop() }
    try push(FakeRegistryImage.document(.ociConfig, ["architecture": "amd64", "os": "linux"]))
    let config = hostileConfig()
    try push(config)
    let diff = try expectSafe(["diff", image], status: 0).stdout
    for scalar in Self.hostile {
      let hex = String(scalar.value, radix: 16)
      for word in ["a", "b"] { #expect(diff.contains("\(word)\(hex)\\u{\(hex)}"), "\(word)\(hex) is shown") }
    }
    for arguments in [
      ["diff", image, "--json"], ["diff", image, "--full"], ["resolve", image], ["resolve", image, "-v"],
      ["resolve", image, "--json"], ["history", image, "--full"], ["history", image, "--json"], ["status", image],
      ["status", "--json"], ["which", String(config.digest.hex)], ["which", String(config.digest.hex), "--json"],
      ["events"], ["events", "--json"],
    ] {
      try expectSafe(arguments, status: 0)
    }
  }

  @Test func whatRuns() throws {
    defer { registry.stop() }
    try push(FakeRegistryImage.document(.ociConfig, ["architecture": "amd64", "os": "linux"]))
    let id = "sha256:\(String(repeating: "a", count: 64))"
    let containers: [[String: Any]] = Self.hostile.flatMap { scalar in
      [
        ["name": "n\(scalar)", "image": image, "digests": [id]],
        ["name": "m\(scalar)", "image": "i\(scalar)", "digests": [id]],
      ]
    }
    let file = "\(scene.directory)/containers.json"
    try JSONSerialization.data(withJSONObject: containers).write(to: URL(fileURLWithPath: file))
    for kind in [["drift"], ["import", "engine"]] {
      for options in [[], ["--json"]] {
        let outcome = try expectSafe(kind + ["--from", file] + options, status: 0)
        #expect((outcome.stdout + outcome.stderr).contains("9b"))
      }
    }
    try expectSafe(["drift", "--from", file, "none\(Self.all.dropFirst())"], status: 66)
  }

  /// Whoever wrote the database may not be whoever reads it.
  @Test func whatADatabaseSays() throws {
    defer { registry.stop() }
    try push(FakeRegistryImage.document(.ociConfig, ["architecture": "amd64", "os": "linux"]))
    try push(FakeRegistryImage.document(.ociConfig, ["architecture": "arm64", "os": "linux"]))
    // One that stays as it is, whose neighbours are named.
    try scene.change(
      "INSERT INTO tag(registry, repository, tag, watched) SELECT registry, repository, 'plain', 1 FROM tag")
    let id = String(
      try #require(scene.sql("SELECT image_id FROM snapshot_platform LIMIT 1").first).dropFirst(7).prefix(12))
    let codes = Self.hostile.dropFirst().map { String($0.value) }.joined(separator: ",")
    let near = "\(registry.authority)/app:near"
    for column in ["tag", "repository", "registry"] {
      try scene.change("UPDATE tag SET \(column) = \(column) || char(\(codes)) WHERE tag <> 'plain'")
      for (command, shows) in [
        (["status"], true), (["status", "--json"], true), (["which", id], true), (["which", id, "--json"], true),
        (["history", near], column == "tag"), (["diff", near], column == "tag"), (["events"], true),
        (["deliveries", "list", "--delivered"], true), (["db", "check"], false),
      ] {
        let outcome = try expectSafe(command)
        let marks = ["\\u{9b}", "\\u009b"]
        #expect(!shows || marks.contains { (outcome.stdout + outcome.stderr).contains($0) }, "\(command): \(outcome)")
      }
    }
  }
}
