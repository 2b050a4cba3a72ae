import Endpoint
import Foundation
import History
import Host
import ImageModel
import TestSupport
import Testing

@testable import Service

@Suite(.timeLimit(.minutes(1))) struct APIRoutesTests {
  @Test func otherPathsAreNotTheAPIs() async throws {
    let scene = try APIScene()
    for path in ["/", "/api", "/apix/v1/status", "/metrics"] {
      #expect(await scene.routes.answer(.init(.get, path)) == nil, "\(path)")
    }
  }

  @Test(
    arguments: [
      ("/api/", 404, "there is no such path (/api/): there are /api/v1/status, "),
      ("/api/v1/history", 400, "tag is missing"), ("/api/v1/history?tag=nowhere", 404, "nothing is known of this tag"),
      ("/api/v1/status?tag=nowhere&tag=amazonlinux", 404, "nothing is known of this tag"),
      ("/api/v1/events?tag=nowhere&tag=noone", 404, "nothing is known of some tags"),
      ("/api/v1/which?digest=ffffff", 404, "no recorded digest begins so"),
      ("/api/v1/diff?tag=amazonlinux&from=^^^^", 404, "there is no such state (^^^^ of amazonlinux:latest in "),
      ("/api/v1/diff?tag=nowhere", 404, "nothing is known of this tag"),
      ("/api/v1/events/stream?after=x", 400, "not a sequence (after=x)"),
    ])
  func whatHasNoAnswerIsAProblem(uri: String, status: Int, detail: String) async throws {
    let reply = try await APIScene().get(uri)
    #expect(reply.status == status)
    #expect(reply.contentType == "application/problem+json")
    let problem = try reply.document
    #expect(problem["status"] as? Int == status)
    #expect((problem["detail"] as? String)?.hasPrefix(detail) == true, "\(problem)")
  }

  @Test func theWatchlistInPages() async throws {
    let scene = try APIScene(tags: 25)
    func tags(_ uri: String) async throws -> [[String]] {
      try await scene.pages(uri).map { page in
        try #require(try page.document["tags"] as? [[String: Any]]).compactMap { $0["tag"] as? String }
      }
    }
    let whole = try await tags("/api/v1/status")
    #expect(whole.count == 1 && whole[0].count == 26)
    let pages = try await tags("/api/v1/status?limit=4")
    #expect(pages.map(\.count) == [4, 4, 4, 4, 4, 4, 2] && pages.flatMap(\.self) == whole[0])
    // A page that is just full is the last one.
    #expect(try await tags("/api/v1/status?limit=13").map(\.count) == [13, 13])
    #expect(
      try await tags("/api/v1/status?failing=true&limit=1") == [["r.example/app:17"], ["r.example/app:7"]])
    #expect(try await tags("/api/v1/status?tag=r.example/app:7&tag=amazonlinux").flatMap(\.self).count == 2)
  }

  /// What the daemon says is wrong with itself stands beside its name, and nowhere where none runs.
  @Test func whatIsWrongWithTheDaemon() async throws {
    let scene = try APIScene()
    func daemon() async throws -> [String: Any] {
      try #require(try await scene.get("/api/v1/status").document["daemon"] as? [String: Any])
    }
    try await scene.writer.enter(DaemonRecord(pid: 1, version: "1", configuration: "/c", since: .now()))
    #expect(try await daemon()["problem"] as? String == "the last reload failed")
    scene.writer.close()
    #expect(try await daemon()["problem"] is NSNull)
  }

  @Test func aHistoryInPages() async throws {
    let scene = try APIScene()
    let whole = try await scene.get("/api/v1/history?tag=amazonlinux").document["entries"] as? [NSDictionary]
    #expect(whole?.count == 3)
    for limit in 1...4 {
      let pages = try await scene.pages("/api/v1/history?tag=amazonlinux&limit=\(limit)")
      #expect(try pages.flatMap { try $0.document["entries"] as? [NSDictionary] ?? [] } == whole)
      #expect(pages.count == (3 + limit - 1) / limit)
    }
  }

  @Test func eventsInPages() async throws {
    let scene = try APIScene()
    try await scene.record(80)
    let whole = try await scene.get("/api/v1/events")
    #expect(whole.contentType == "application/x-ndjson")
    #expect(whole.text.split(separator: "\n").count == 83 && whole.text.hasSuffix("}\n"))
    for limit in [1, 32, 33, 82, 83] {
      let pages = try await scene.pages("/api/v1/events?limit=\(limit)")
      #expect(pages.map(\.text).joined() == whole.text)
      #expect(pages.count == (83 + limit - 1) / limit)
    }
    let first = try await scene.pages("/api/v1/events?type=first_seen&tag=amazonlinux&limit=1")
    #expect(first.count == 1 && whole.text.hasPrefix(first[0].text))
    #expect(try await scene.get("/api/v1/events?after=83").text.isEmpty)
  }

  /// However many are asked for, a page is no larger than that.
  @Test func largeEventsMakeShortPages() async throws {
    let scene = try APIScene()
    try await scene.record(40, bytes: 250_000)
    let pages = try await scene.pages("/api/v1/events")
    #expect(pages.count > 1 && pages.allSatisfy { $0.body.count < 5 << 20 })
    #expect(pages.map { $0.text.count { $0 == "\n" } }.reduce(0, +) == 43)
  }

  @Test func matchesInPages() async throws {
    let scene = try APIScene()
    try await scene.writer.transaction { store in
      for tag in ["1", "2"] {
        let tag = try store.ensureTag(TagReference(domain: "r.example", path: "app", tag: tag), selection: .all)
        let image = PlatformImage(
          platform: Samples.amd64, manifest: try Samples.digest("8"), manifestSize: 1,
          imageID: try Digest(APIScene.digest), configSize: 1, layers: [], config: nil)
        let snapshot = TagSnapshot(
          digest: try Samples.digest("5"), mediaType: .ociIndex, size: 1, images: [image], documents: [])
        _ = try store.insertSnapshot(tag: tag.id, snapshot: snapshot, classes: [.added], at: .now())
      }
    }
    func matches(_ page: EndpointReply) throws -> [NSDictionary] {
      try #require(try page.document["matches"] as? [NSDictionary])
    }
    let whole = try matches(try await scene.get("/api/v1/which?digest=b63c3d5a"))
    #expect(Set(whole.compactMap { $0["tag"] as? String }).count == 3)
    for limit in 1...4 {
      let pages = try await scene.pages("/api/v1/which?digest=b63c3d5a&limit=\(limit)")
      #expect(try pages.flatMap(matches) == whole)
      #expect(pages.count == (whole.count + limit - 1) / limit)
    }
    #expect(try await scene.get("/api/v1/which?digest=b63c3d5a&after=\(whole.count)").text == #"{"matches":[]}"# + "\n")
  }

  @Test func whatTakesTooLongIsUnavailable() async throws {
    let scene = try APIScene(seconds: 0)
    let reply = try await scene.get("/api/v1/status")
    #expect(reply.status == 503 && reply.contentType == "application/problem+json")
    #expect(reply.headers.contains { $0.name == "Retry-After" })
  }
}
