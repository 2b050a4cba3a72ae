import Foundation
import ImageModel
import TestSupport
import Testing

/// `watcher drift` beside an engine.
@Suite struct DriftEngineTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private var socket: String { "\(scene.directory)/e.sock" }
  private static let images = ["first", "second"].map { FakeRegistryImage($0) }

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag(isPushed: false)
    for image in Self.images {
      registry.put(image, in: "app", tag: "stable")
      #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    }
  }

  private static func id(_ digit: String) -> String { String(repeating: digit, count: 64) }

  /// One that runs `web`, of the first image, and has `old`, which has ended. What the list names is the image's ID, for
  /// the tag is another image's there by now.
  private func engine(version: String = "1.47") throws -> LoopbackServer {
    let (running, image) = (Self.images[0].imageID("linux/amd64"), image)
    let repository = "\(registry.authority)/app"
    func container(_ id: String, _ name: String, _ state: String) -> String {
      #"{"Id":"\#(id)","Names":["/\#(name)"],"Image":"\#(running)","ImageID":"\#(running)","Command":"canary","#
        + #""State":"\#(state)"}"#
    }
    let web = container(Self.id("1"), "web", "running")
    let old = container(Self.id("2"), "old", "exited")
    return try LoopbackServer(socket: socket) { request in
      func json(_ text: String) -> ScriptedResponse { ScriptedResponse(200, body: Array(text.utf8)) }
      switch request.target {
      case "/version": return json(#"{"ApiVersion":"\#(version)"}"#)
      case "/containers/json": return json("[\(web)]")
      case "/containers/json?all=1": return json("[\(web),\(old)]")
      case "/images/\(running)/json":
        return json(#"{"Os":"linux","Architecture":"amd64","RepoDigests":["\#(repository)@\#(running)"]}"#)
      case "/containers/\(Self.id("1"))/json", "/containers/\(Self.id("2"))/json":
        return json(#"{"Config":{"Image":"\#(image)","Env":["PASSWORD=canary"]}}"#)
      default: return ScriptedResponse(500)
      }
    }
  }

  private func containers(_ arguments: [String]) throws -> [String: [String: Any]] {
    let found = try scene.json(["drift", "--json"] + arguments)["containers"] as? [[String: Any]] ?? []
    return Dictionary(uniqueKeysWithValues: found.map { ($0["name"] as? String ?? "", $0) })
  }

  @Test func anEngineIsAsked() throws {
    defer { registry.stop() }
    let engine = try engine()
    defer { engine.stop() }
    for arguments in [["--engine", socket], ["--engine", "unix://\(socket)"]] {
      let web = try #require(containers(arguments)["web"])
      #expect(web["state"] as? String == "behind" && web["image"] as? String == image)
    }
    let outcome = try scene.binary.run(
      ["drift"], environment: ["WATCHER_DATABASE": scene.database, "DOCKER_HOST": "unix://\(socket)"])
    #expect(outcome.status == 0 && outcome.stdout.contains("  behind 1, content  ") && outcome.stderr.isEmpty)
    #expect(!outcome.stdout.contains("canary"))
    let imported = try scene.run(["import", "engine", "--engine", socket])
    #expect(imported.status == 0 && imported.stderr.isEmpty)
    #expect(imported.stdout == "{\n  \"watch\": [\n    \"\(image)\"\n  ]\n}\n", "\(imported.stdout)")
    engine.stop()
    let gone = try scene.run(["drift", "--engine", socket])
    #expect(gone.status == 69 && gone.stderr.contains("the container engine does not tell (\(socket)): "), "\(gone)")
    let none = try scene.run(["drift", "--engine", "\(socket).none"])
    #expect(none.status == 69 && none.stderr.contains("(\(socket).none)"))
  }

  /// `podman ps` and `docker ps` show IDs first.
  @Test func containersArePickedByTheirIDs() throws {
    defer { registry.stop() }
    let engine = try engine()
    defer { engine.stop() }
    for id in [Self.id("1"), String(Self.id("1").prefix(12))] {
      #expect(try Array(containers(["--engine", socket, id]).keys) == ["web"])
    }
    #expect(try Array(containers(["--engine", socket, "--all", String(Self.id("2").prefix(12))]).keys) == ["old"])
    #expect(try scene.run(["drift", "--engine", socket, String(Self.id("1").prefix(11))]).status == 66)
  }

  @Test func whatDoesNotRunIsThere() throws {
    defer { registry.stop() }
    let engine = try engine()
    defer { engine.stop() }
    let stopped = try scene.run(["drift", "--engine", socket, "old"])
    #expect(stopped.status == 66 && stopped.stdout == "no containers (\(socket))\n", "\(stopped)")
    #expect(
      stopped.stderr
        == "watcher: error: the container does not run (old in \(socket)): --all has those that do not run\n")
    let absent = try scene.run(["drift", "--engine", socket, "web", "old", "other"])
    #expect(absent.status == 66 && absent.stdout.contains("1 container "))
    #expect(
      absent.stderr
        == "watcher: error: there is no such container (other in \(socket)): of those that run there is web\n")
  }

  @Test func anOldEngineIsToBeUpdated() throws {
    defer { registry.stop() }
    let engine = try engine(version: "1.24")
    defer { engine.stop() }
    let outcome = try scene.run(["drift", "--engine", socket])
    #expect(outcome.status == 69 && outcome.stderr.contains("1.41 or newer is needed: update the engine"), "\(outcome)")
  }
}
