import Endpoint
import Foundation
import History
import Host
import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite(.timeLimit(.minutes(2))) struct EventFeedTests {
  /// A client that reads along, as EventSource does: it remembers where it was.
  private struct Client {
    private(set) var last: String?
    private(set) var events: [Int] = []
    private(set) var documents: [String] = []

    init() {}

    /// Of a feed alone.
    init(of feed: EventFeed, after sequence: EventSequence, until count: Int) async {
      await listen(to: feed.events(after: sequence), until: count)
    }

    /// Listens until it has seen so many events in all; then it hangs up.
    mutating func listen(to scene: APIScene, until count: Int, at uri: String = "/api/v1/events/stream") async throws {
      let reply = try await scene.get(uri, last.map { [("Last-Event-ID", $0)] } ?? [])
      try #require(reply.status == 200 && reply.contentType == "text/event-stream", "\(reply.text)")
      take(reply.text)
      await listen(to: try #require(reply.stream), until: count)
    }

    private mutating func listen(to pieces: AsyncStream<[UInt8]>, until count: Int) async {
      for await piece in pieces {
        take(String(decoding: piece, as: UTF8.self))
        if events.count >= count { return }
      }
    }

    private mutating func take(_ text: String) {
      for message in text.components(separatedBy: "\n\n") {
        let lines = message.split(separator: "\n")
        func field(_ name: String) -> String? {
          lines.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        guard let id = field("id") else { continue }
        last = id
        if let data = field("data") {
          documents.append(data)
          events.append(Int(id) ?? 0)
        }
      }
    }
  }

  @Test func whatIsRecordedIsSentByteForByte() async throws {
    let scene = try APIScene()
    let opening = try await scene.get("/api/v1/events/stream")
    #expect(opening.text == "retry: 2000\nid: 000000000003\n\n")
    async let listening = { () async throws -> Client in
      var client = Client()
      try await client.listen(to: scene, until: 5, at: "/api/v1/events/stream?after=0")
      return client
    }()
    try await scene.record(2)
    let client = try await listening
    #expect(client.events == [1, 2, 3, 4, 5] && client.last == "000000000005")
    let lines = try await scene.get("/api/v1/events").text
    #expect(client.documents.map { $0 + "\n" }.joined() == lines)
  }

  /// Without a place it begins with what is recorded from then on.
  @Test func whatWasThereBeforeIsNotSent() async throws {
    let scene = try APIScene()
    let reply = try await scene.get("/api/v1/events/stream")
    try await scene.record(1)
    for await piece in try #require(reply.stream) {
      #expect(String(decoding: piece, as: UTF8.self).hasPrefix("id: 000000000004\ndata: {"))
      break
    }
  }

  /// Clients come, go and come again while events are recorded in bursts.
  @Test func nothingIsLostOrSentTwice() async throws {
    let scene = try APIScene()
    let total = 400
    try await withThrowingTaskGroup(of: [Int].self) { group in
      for number in 0..<40 {
        group.addTask {
          var random = TestRandom(stream: UInt64(number))
          var client = Client()
          while client.events.count < total {
            let next = client.events.count + Int.random(in: 1...90, using: &random)
            try await client.listen(to: scene, until: min(next, total), at: "/api/v1/events/stream?after=3")
          }
          return client.events
        }
      }
      group.addTask {
        var random = TestRandom(stream: 1_000)
        var left = total
        while left > 0 {
          let count = min(left, Int.random(in: 1...20, using: &random))
          try await scene.record(count)
          left -= count
        }
        return Array(4..<total + 4)
      }
      for try await events in group { #expect(events == Array(4..<total + 4)) }
    }
  }

  /// More than is kept for those that read along.
  @Test func whoIsFarBehindReadsOnInTheHistory() async throws {
    let scene = try APIScene()
    let slow = try await scene.get("/api/v1/events/stream")
    var pieces = try #require(slow.stream).makeAsyncIterator()
    try await scene.record(1)
    #expect(await pieces.next() != nil)
    // Somebody else reads along meanwhile, or nothing would be kept.
    async let other = { () async throws -> Client in
      var client = Client()
      try await client.listen(to: scene, until: 2_001, at: "/api/v1/events/stream?after=3")
      return client
    }()
    for _ in 0..<20 { try await scene.record(100) }
    #expect(try await other.events == Array(4...2_004))
    var seen = 0
    while seen < 2_000, let piece = await pieces.next() {
      #expect(piece.count < 80_000)
      seen += String(decoding: piece, as: UTF8.self).components(separatedBy: "\ndata: ").count - 1
    }
    #expect(seen == 2_000)
  }

  /// Proxies close a connection that says nothing.
  @Test func silenceIsBroken() async throws {
    let scene = try APIScene()
    let feed = EventFeed(scene.routes.pool, silence: .zero)
    let ticks = Task { await feed.run() }
    defer { ticks.cancel() }
    for await piece in feed.events(after: EventSequence(rawValue: 3)) {
      #expect(String(decoding: piece, as: UTF8.self) == ": still here\n\n")
      break
    }
  }

  @Test func whoGoesIsForgotten() async throws {
    let scene = try APIScene()
    let feed = scene.routes.feed
    let listening = Task { for await _ in feed.events(after: EventSequence(rawValue: 3)) {} }
    while await feed.listening == 0 { await Task.yield() }
    listening.cancel()
    await listening.value
    #expect(await feed.listening == 0)
  }

  @Test func aDatabaseThatWasPutBackIsReadFromItsEnd() async throws {
    let scene = try APIScene()
    let reply = try await scene.get("/api/v1/events/stream", [("Last-Event-ID", "000000000099")])
    #expect(reply.text.hasSuffix("id: 000000000003\n\n"))
  }

  /// A feed that nothing wakes but `look`, and that does something in its read of that number: when it has read, and
  /// does not know yet what.
  private func feed(
    _ scene: APIScene, inRead number: Int, _ meanwhile: @escaping @Sendable (EventFeed) async throws -> Void
  ) -> EventFeed {
    let state = Mutex<(reads: Int, feed: EventFeed?)>((0, nil))
    let pool = scene.routes.pool
    let feed = EventFeed { query in
      let page = try await pool.read { try $0.events(query, limit: 32) }
      let once = state.withLock { state in
        state.reads += 1
        return state.reads == number ? state.feed.take() : nil
      }
      if let once { try await meanwhile(once) }
      return page
    }
    state.withLock { $0.feed = feed }
    return feed
  }

  @Test func whatIsRecordedWhileItLooksIsSeen() async throws {
    let scene = try APIScene()
    let feed = feed(scene, inRead: 2) { feed in
      try await scene.record(1)
      await feed.look()
    }
    async let listening = Client(of: feed, after: 3, until: 2)
    while await feed.listening == 0 { await Task.yield() }
    try await scene.record(1)
    await feed.look()
    #expect(await listening.events == [4, 5])
  }

  /// Others have been told more meanwhile than is kept.
  @Test func whoIsOvertakenMissesNothing() async throws {
    let scene = try APIScene()
    let last = 23
    let feed = feed(scene, inRead: 1) { feed in
      async let other = Client(of: feed, after: 3, until: last - 3)
      while await feed.listening == 0 { await Task.yield() }
      try await scene.record(last - 3, bytes: 250_000)
      await feed.look()
      #expect(await other.events == Array(4...last))
    }
    #expect(await Client(of: feed, after: 3, until: last - 3).events == Array(4...last))
  }
}
