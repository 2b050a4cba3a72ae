import Endpoint
import Foundation
import History
import ImageModel
import TestSupport
import Testing

@testable import Service

/// What the API answers is what the command prints, byte for byte, of a history with what it may have.
@Suite(.timeLimit(.minutes(5))) struct APIBytesTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private let first = FakeRegistryImage("first", platforms: ["linux/amd64", "linux/arm64"])

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag(isPushed: false)
    for image in [first, first.rebuilt(), FakeRegistryImage("third", platforms: ["linux/amd64"]), first] {
      registry.put(image, in: "app", tag: "stable")
      _ = try scene.run(["check", "--config", scene.config])
    }
    registry.put(first.rebuilt(), in: "app", tag: "other")
    try scene.configure(watch: [image, "\(registry.authority)/app:gone", "\(registry.authority)/app:other"])
    _ = try scene.run(["check", "--config", scene.config])
  }

  private func bytes(_ uri: String) async throws -> (status: Int, text: String) {
    let pool = ReaderPool(scene.database)
    let routes = APIRoutes(pool: pool, feed: EventFeed(pool), problem: DaemonProblem { nil })
    let reply = try #require(await routes.answer(EndpointRequest(.get, "/api/v1/\(uri)")))
    return (reply.status, String(decoding: reply.body, as: UTF8.self))
  }

  @Test func theyAreThoseOfTheCommands() async throws {
    defer { registry.stop() }
    let tag = image.percentEncoded()
    let imageID = String(first.imageID("linux/amd64").hex)
    let questions: [(uri: String, command: [String])] = [
      ("status", ["status"]), ("status?failing=true", ["status", "--failing"]),
      ("status?tag=\(tag)", ["status", image]), ("status?tag=\(tag)&failing=true", ["status", image, "--failing"]),
      ("history?tag=\(tag)", ["history", image]), ("history?tag=\(tag)&all=true", ["history", image, "--all"]),
      ("history?tag=\(tag)&limit=2", ["history", image, "--limit", "2"]),
      (
        "history?tag=\(tag)&platform=linux/arm64&since=1h&until=today+23:59:59",
        ["history", image, "--platform", "linux/arm64", "--since", "1h", "--until", "today 23:59:59"]
      ),
      ("history?tag=\(tag)&at=2000-01-01", ["history", image, "--at", "2000-01-01"]),
      ("events", ["events"]), ("events?limit=2&after=1", ["events", "--limit", "2", "--after", "1"]),
      ("events?type=changed&tag=\(tag)&since=1h", ["events", "--type", "changed", "--tag", image, "--since", "1h"]),
      ("which?digest=\(imageID)", ["which", imageID]), ("diff?tag=\(tag)", ["diff", image]),
      ("diff?tag=\(tag)&from=%5E%5E", ["diff", image, "^^"]),
      ("diff?tag=\(tag)&from=1&to=2", ["diff", image, "1", "2"]),
      ("diff?tag=\(tag)&to=:other", ["diff", image, ":other"]),
      ("diff?tag=\(tag)&from=2&to=:other", ["diff", image, "2", ":other"]),
    ]
    for (uri, command) in questions {
      let printed = try scene.run(command + ["--json"])
      #expect(printed.status == 0 && printed.stdout.hasSuffix("\n"), "\(command): \(printed.stderr)")
      let (status, text) = try await bytes(uri)
      #expect(status == 200, "\(uri): \(text)")
      #expect(text == printed.stdout, "\(uri)")
    }
    // A command says the later one second.
    let backwards = try await bytes("diff?tag=\(tag)&from=:other")
    #expect(backwards.text.contains(#""from":{"tag":"\#(registry.authority)/app:other","#), "\(backwards.text)")
    #expect(backwards.text.contains(#""to":{"tag":"\#(image)","#))
    #expect(try await bytes("status?failing=true").text.contains("app:gone"))
  }

  /// What is not known is told in the same words.
  @Test func theWordsAreThoseOfTheCommands() async throws {
    defer { registry.stop() }
    let questions: [(uri: String, command: [String])] = [
      ("status?tag=nowhere", ["status", "nowhere"]), ("history?tag=nowhere", ["history", "nowhere"]),
      ("events?tag=nowhere", ["events", "--tag", "nowhere"]), ("which?digest=ffffffff", ["which", "ffffffff"]),
      ("which?digest=fff", ["which", "fff"]), ("diff?tag=nowhere", ["diff", "nowhere"]),
      ("diff?tag=nowhere&from=a%20b", ["diff", "nowhere", "a b"]),
    ]
    for (uri, command) in questions {
      let printed = try scene.run(command + ["--json"])
      let (status, text) = try await bytes(uri)
      #expect(status == (printed.status == 66 ? 404 : 400), "\(uri): \(text)")
      let detail = try #require(try object(text)["detail"] as? String)
      #expect(printed.stderr == "watcher: error: \(detail)\n", "\(uri)")
    }
  }
}
