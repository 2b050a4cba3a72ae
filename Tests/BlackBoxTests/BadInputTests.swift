import Foundation
import Hashing
import ImageModel
import TestSupport
import Testing

/// Wrong input of every kind: a clear error, the right exit code, and nothing recorded that is not true.
@Suite struct BadInputTests {
  // MARK: Configuration and arguments

  @Test(arguments: [
    (#"{"watch": ["a:1",]}"#, #"config\.json:1:17: error:"#),
    (#"{"wach": []}"#, #"config\.json:1:2: error: .*wach"#),
    (#"{"watch": ["Upper/case"]}"#, #"config\.json:1:\d+: error:"#),
    (
      #"{"watch": [], "defaults": {"platform_match": "close"}}"#,
      #"config\.json:1:\d+: error:"#
    ),
    (
      #"{"defaults": {"interval": "5s"}, "watch": []}"#,
      #"config\.json:1:27: error: .*\n.*\n.*\n  hint: it takes 10s to 30d"#
    ),
  ])
  func aConfigurationThatIsWrongIs78(text: String, complaint: String) throws {
    let scene = try Scene(watch: [])
    try Data(text.utf8).write(to: URL(fileURLWithPath: scene.config))
    for command in ["run", "check"] {
      let outcome = try scene.run([command, "--config", scene.config])
      #expect(outcome.status == 78, "\(command): \(outcome.stderr)")
      #expect(outcome.stderr.range(of: complaint, options: .regularExpression) != nil, "\(outcome.stderr)")
      #expect(outcome.stdout.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: scene.database))
    }
  }

  @Test(arguments: [
    (["check", "--config", "/nonexistent/config.json"], 78), (["resolve", "docker/Docker"], 64),
    (["history", "a b"], 64), (["history", "busybox:1"], 66), (["status", "--nonsense"], 64), (["fly"], 64),
    (["resolve"], 64),
  ])
  func wrongArgumentsHaveTheirCode(arguments: [String], status: Int) throws {
    let scene = try Scene(watch: [])
    _ = try scene.run(["check", "--config", scene.config])
    let outcome = try scene.run(arguments)
    #expect(Int(outcome.status) == status, "\(outcome.stderr)")
    #expect(outcome.stdout.isEmpty)
    #expect(outcome.stderr.contains("rror: "))
    #expect(!outcome.stderr.contains("Fatal") && !outcome.stderr.contains("Thread 0"))
  }

  // MARK: Databases

  @Test func aDatabaseThatIsNotOursIs65AndStaysAsItIs() throws {
    for make in [Self.foreign, Self.garbage] {
      let scene = try Scene(watch: ["127.0.0.1:1/app"])
      try make(scene.database)
      let before = try Data(contentsOf: URL(fileURLWithPath: scene.database))
      for arguments in [["check", "--config", scene.config], ["history", "busybox"], ["status"]] {
        let outcome = try scene.run(arguments)
        #expect(outcome.status == 65, "\(arguments): \(outcome.stderr)")
        #expect(outcome.stderr.hasPrefix("watcher: error: "))
        #expect(try Data(contentsOf: URL(fileURLWithPath: scene.database)) == before)
      }
    }
  }

  @Test func aPathThatCannotBeADatabaseIsSaidToBeSo() throws {
    let scene = try Scene(watch: ["127.0.0.1:1/app"])
    let directory = try scene.run(["check", "--config", scene.config, "--database", scene.directory])
    #expect(directory.status == 65)
    let file = scene.directory + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let below = try scene.run(["check", "--config", scene.config, "--database", file + "/x.db"])
    #expect([73, 77].contains(below.status), "\(below.status): \(below.stderr)")
    #expect(below.stderr.hasPrefix("watcher: error: "))
  }

  private static func foreign(_ path: String) throws {
    try Child("sqlite3", [path, "CREATE TABLE other(x); INSERT INTO other VALUES(1)"]).finish()
  }

  private static func garbage(_ path: String) throws {
    let bytes = (0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  // MARK: Registries

  struct Lie: Sendable, CustomTestStringConvertible {
    let name: String
    let code: String
    let resolveStatus: Int32
    let fault: @Sendable (ReceivedRequest) -> ScriptedResponse?
    var testDescription: String { name }
  }

  static let lies: [Lie] = [
    Lie(name: "bytes that do not match the digest", code: "digest_mismatch", resolveStatus: 69) { request in
      guard request.method == "GET", request.path.contains("/manifests/sha256:") else { return nil }
      return manifest(Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8))
    },
    Lie(name: "an endless manifest", code: "too_large", resolveStatus: 69) { request in
      guard request.method == "GET", request.path.contains("/manifests/") else { return nil }
      var response = manifest([])
      response.behaviour = .endlessChunked
      return response
    },
    Lie(name: "a document that is index and image at once", code: "bad_document", resolveStatus: 69) { request in
      guard request.path.contains("/manifests/") else { return nil }
      guard request.method == "GET" else { return ScriptedResponse(405) }
      return manifest(
        Array(#"{"schemaVersion":2,"manifests":[],"layers":[],"config":{"digest":"x"}}"#.utf8))
    },
    Lie(name: "a closed door", code: "unauthorized_or_missing", resolveStatus: 77) { request in
      request.path.contains("/manifests/") ? ScriptedResponse(401) : nil
    },
    Lie(name: "a refusal", code: "denied", resolveStatus: 77) { request in
      request.path.contains("/manifests/") ? ScriptedResponse(403) : nil
    },
    Lie(name: "no such tag", code: "tag_missing", resolveStatus: 66) { request in
      request.path.contains("/manifests/")
        ? ScriptedResponse(
          404, headers: [("Content-Type", "application/json")],
          body: Array(#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no"}]}"#.utf8)) : nil
    },
    Lie(name: "an outage", code: "server", resolveStatus: 69) { request in
      request.path.contains("/manifests/") ? ScriptedResponse(503) : nil
    },
    Lie(name: "a dropped connection", code: "network", resolveStatus: 69) { request in
      request.path.contains("/manifests/") ? ScriptedResponse(200, behaviour: .drop) : nil
    },
  ]

  private static func manifest(_ body: [UInt8]) -> ScriptedResponse {
    ScriptedResponse(200, headers: [("Content-Type", MediaType.ociIndex.description)], body: body)
  }

  @Test(arguments: lies) func aRegistryThatLiesLeavesNoTrace(lie: Lie) throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.put(FakeRegistryImage("true"), in: "app", tag: "stable")
    registry.setFault(lie.fault)
    let image = "\(registry.authority)/app:stable"
    let scene = try Scene(watch: [image])

    let outcome = try scene.run(["check", "--json", "--config", scene.config])
    #expect(outcome.status == 2, "\(outcome.stderr)")
    let results = try #require(try object(outcome.stdout)["results"] as? [[String: Any]])
    #expect(results[0]["outcome"] as? String == "failed")
    #expect((results[0]["error"] as? [String: Any])?["code"] as? String == lie.code)
    #expect(try scene.sql("SELECT count(*) FROM snapshot") == ["0"])
    #expect(try scene.sql("SELECT count(*) FROM document") == ["0"])
    #expect(try scene.sql("SELECT count(*) FROM event") == ["0"])
    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
    #expect(try scene.status(image)["state"] as? String == "failing")

    let resolve = try scene.run(["resolve", image])
    #expect(resolve.status == lie.resolveStatus, "\(resolve.stderr)")
    #expect(resolve.stderr.hasPrefix("watcher: error: "))
    #expect(resolve.stdout.isEmpty)

    registry.setFault(nil)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0, "the next check finds the truth")
  }

  @Test func nobodyListens() throws {
    let registry = try FakeRegistry()
    let image = "\(registry.authority)/app:stable"
    registry.stop()
    let scene = try Scene(watch: [image])
    let outcome = try scene.run(["check", "--json", "--config", scene.config])
    #expect(outcome.status == 2)
    #expect(outcome.stdout.contains(#""code":"connect""#))
    #expect(try scene.run(["resolve", image]).status == 69)
  }

  @Test func aRegistryThatHangsIsGivenUp() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.setFault { _ in ScriptedResponse(200, behaviour: .hang) }
    let scene = try Scene(watch: ["\(registry.authority)/app:stable"])
    let began = Date()
    let outcome = try scene.run(["check", "--json", "--config", scene.config])
    #expect(outcome.status == 2)
    #expect(outcome.stdout.contains(#""code":"timeout""#))
    #expect(Date().timeIntervalSince(began) < Double(Limits.requestSeconds) + 10)
  }
}
