import Endpoint
import Foundation
import History
import Host
import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Service

/// A database with a history, and the API over it.
final class APIScene: Sendable {
  static let digest = "sha256:b63c3d5a" + String(repeating: "0", count: 56)

  let directory: TemporaryDirectory
  let writer: HistoryWriter
  let routes: APIRoutes
  private let ticks: Task<Void, Never>

  /// - Parameters:
  ///   - tags: beside `Samples.tag`, which has three states.
  ///   - seconds: in which an answer has to be found.
  init(tags: Int = 0, seconds: Int = 5) throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    let pool = ReaderPool(writer.path, seconds: seconds)
    routes = APIRoutes(pool: pool, feed: EventFeed(pool), problem: DaemonProblem { "the last reload failed" })
    ticks = Task { [feed = routes.feed] in await feed.run() }
    let others = (0..<tags).map { TagReference(domain: "r.example", path: "app", tag: "\($0)") }
    try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "hook", type: "webhook", fingerprint: "")])
      let records = try store.registerTags(
        ([Samples.tag] + others).map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 60) })
      var state = TagState()
      state.failure = CheckFailure(.timeout, "it took too long")
      for record in records.dropFirst() where record.tag.tag.hasSuffix("7") {
        try store.updateState(record.id, state)
      }
      for (number, image) in ["1", "b63c3d5a", "3"].enumerated() {
        let seconds = Timestamp(milliseconds: 1_789_680_605_123).advanced(bySeconds: 60 * number)
        let snapshot = TagSnapshot(
          digest: try Samples.digest("\(number + 4)"), mediaType: .ociIndex, size: 770,
          images: [
            PlatformImage(
              platform: Samples.amd64, manifest: try Samples.digest("\(number + 7)"), manifestSize: 1_150,
              imageID: image == "b63c3d5a" ? try Digest(Self.digest) : try Samples.digest(image), configSize: 2_345,
              layers: [], config: nil)
          ], documents: [])
        let id = try store.insertSnapshot(
          tag: records[0].id, snapshot: snapshot, classes: [number == 0 ? .added : .content], at: seconds)
        let event = ChangeEvent(
          id: "event-\(number)", type: number == 0 ? .tagFirstSeen : .imageChanged, tag: Samples.tag, time: seconds,
          notAfter: seconds)
        _ = try store.appendEvent(event, tag: records[0].id, snapshot: id, sinks: ["hook"])
      }
    }
  }

  deinit { ticks.cancel() }

  /// Further events of the tag, each with so many bytes of something.
  func record(_ count: Int, bytes: Int = 0) async throws {
    try await writer.transaction { store in
      let tag = try store.ensureTag(Samples.tag, selection: .all)
      for _ in 0..<count {
        var event = ChangeEvent(
          id: UUID().uuidString, type: .imageChanged, tag: Samples.tag, time: .now(), notAfter: .now())
        if bytes > 0 { event.labels = ["large": String(repeating: "x", count: bytes)] }
        _ = try store.appendEvent(event, tag: tag.id, snapshot: nil, sinks: [])
      }
    }
    routes.feed.noteCommit()
  }

  func get(_ uri: String, _ headers: [(name: String, value: String)] = []) async throws -> EndpointReply {
    try #require(await routes.answer(EndpointRequest(.get, uri, headers: headers)))
  }

  /// All pages, from the first on.
  func pages(_ uri: String) async throws -> [EndpointReply] {
    var pages: [EndpointReply] = []
    var next: String? = uri
    while let uri = next {
      let page = try await get(uri)
      #expect(page.status == 200, "\(uri): \(page.text)")
      pages.append(page)
      let link = page.headers.first { $0.name == "Link" }?.value
      next = link.map { String($0.dropFirst().prefix { $0 != ">" }) }
      #expect(link?.hasSuffix("; rel=\"next\"") != false)
      try #require(pages.count < 1_000)
    }
    return pages
  }
}

extension EndpointReply {
  var text: String { String(decoding: body, as: UTF8.self) }

  var document: [String: Any] {
    get throws { try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) }
  }
}
