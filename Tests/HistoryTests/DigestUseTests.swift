import ImageModel
import Schedule
import TestSupport
import Testing

@testable import History

/// Which tag named a digest, and when.
@Suite struct DigestUseTests {
  private let scratch = Scratch()
  private let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private func reader() throws -> HistoryReader { try HistoryReader.open(scratch.database) }

  private func prefix(_ text: String) throws -> DigestPrefix { try DigestPrefix(text, shortest: 1) }

  /// Index 1 has image 2, index 3 as well (packed anew), index 4 another; then 1 comes back.
  private func recordMoves() throws {
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2), image(arm64, 9)]), tag: tag.id, at: 0)
      try history.record(snapshot(3, [image(amd64, 2, manifest: 7), image(arm64, 9)]), tag: tag.id, at: 10)
      try history.record(snapshot(4, [image(amd64, 5), image(arm64, 9)]), tag: tag.id, at: 20)
      try history.record(snapshot(1, [image(amd64, 2), image(arm64, 9)]), tag: tag.id, at: 30)
    }
  }

  @Test func statesInARowAreOneTime() throws {
    defer { writer.close() }
    try recordMoves()
    let uses = try reader().uses(of: digest(2))
    #expect(uses.map(\.kind) == [.imageID, .imageID] && uses.allSatisfy { $0.platform == amd64 && $0.tag == amazon })
    #expect(uses.map(\.firstSeen) == [time(30), time(0)])
    #expect(uses.map(\.lastSeen) == [time(30), time(10)])
    #expect(uses.map(\.isCurrent) == [true, false])
    // What pulls it is what was there last in that time.
    #expect(uses.map(\.top) == [digest(1), digest(3)])
    #expect(uses.map(\.manifest) == [digest(102), digest(7)])
    // The other platform was there all the time.
    let other = try reader().uses(of: digest(9))
    #expect(other.map(\.firstSeen) == [time(0)] && other.map(\.isCurrent) == [true])
  }

  @Test func manifestsAndIndexesAreFoundAsWell() throws {
    defer { writer.close() }
    try recordMoves()
    let manifest = try reader().uses(of: digest(102))
    #expect(manifest.map(\.kind) == [.manifest, .manifest] && manifest.map(\.firstSeen) == [time(30), time(0)])
    #expect(manifest.map(\.lastSeen) == [time(30), time(0)])
    let index = try reader().uses(of: digest(1))
    #expect(index.map(\.kind) == [.index, .index] && index.allSatisfy { $0.platform == nil && $0.manifest == nil })
    #expect(index.map(\.firstSeen) == [time(30), time(0)])
  }

  /// What such a tag resolves to is its manifest, once.
  @Test func aTagWithoutAnIndexHasAManifest() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2, manifest: 1)], type: .ociManifest), tag: tag.id, at: 0)
    }
    let uses = try reader().uses(of: digest(1))
    #expect(uses.map(\.kind) == [.manifest] && uses.first?.platform == amd64 && uses.first?.top == digest(1))
  }

  /// It has no image ID, and is found by its manifest.
  @Test func anArtifactHasAManifest() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let chart = PlatformImage(
        platform: nil, manifest: digest(1), manifestSize: 1, imageID: nil, configSize: nil, layers: [], config: nil)
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [chart], type: .ociManifest), .artifactChanged, tag: tag.id, at: 0)
    }
    let uses = try reader().uses(of: digest(1))
    #expect(uses.map(\.kind) == [.manifest] && uses.first?.platform == nil && uses.first?.manifest == digest(1))
  }

  @Test func oneImageOfTwoPlatformsIsToldOfEach() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      for (top, at) in [(1, 0), (3, 10)] as [(UInt8, Int64)] {
        try history.record(
          snapshot(top, [image(arm64, 2, manifest: 8), image(amd64, 2, manifest: 7)]), tag: tag.id, at: at)
      }
    }
    let uses = try reader().uses(of: digest(2))
    #expect(uses.map(\.platform) == [amd64, arm64] && uses.map(\.manifest) == [digest(7), digest(8)])
    #expect(uses.allSatisfy { $0.firstSeen == time(0) && $0.lastSeen == time(10) && $0.isCurrent })
  }

  @Test func aTagThatHasMovedNamesWhatItMovedTo() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0)
      var state = TagState()
      state.moved = PendingMove(to: MovedTag(digest: digest(9), mediaType: .ociIndex), since: time(20))
      state.lastSuccess = time(30)
      try history.updateState(tag.id, state)
    }
    let before = try reader().uses(of: digest(2))
    #expect(before.map(\.isCurrent) == [false] && before.first?.moved?.to.digest == digest(9))
    let after = try reader().uses(of: digest(9))
    #expect(after.map(\.kind) == [.index] && after.map(\.isCurrent) == [true] && after.map(\.isPending) == [true])
    #expect(after.map(\.firstSeen) == [time(20)] && after.map(\.lastSeen) == [time(30)])
    #expect(try reader().digests(prefix("0909"), limit: 2) == [digest(9)])
  }

  /// The clock was set back between them.
  @Test func theNewestStateIsFirst() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      for (id, at) in [(2, 100), (3, 110), (2, 50)] as [(UInt8, Int64)] {
        try history.record(snapshot(id, [image(amd64, id)]), tag: tag.id, at: at)
      }
    }
    #expect(try reader().uses(of: digest(102)).map(\.firstSeen) == [time(50), time(100)])
    #expect(try reader().uses(of: digest(102)).map(\.isCurrent) == [true, false])
  }

  @Test func aDeletionEndsATime() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0)
      try history.endSnapshot(tag: tag.id)
    }
    #expect(try reader().uses(of: digest(2)).map(\.isCurrent) == [false])
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 10)
    }
    let uses = try reader().uses(of: digest(2))
    #expect(uses.map(\.firstSeen) == [time(10), time(0)] && uses.map(\.isCurrent) == [true, false])
  }

  @Test func anotherTagIsAnotherTime() throws {
    defer { writer.close() }
    let other = TagReference(domain: "a.example", path: "app", tag: "1")
    try writer.transactionSync { history in
      let tags = try history.registerTags(
        [amazon, other].map { WatchedTag(tag: $0, selection: .only([amd64]), intervalSeconds: 900) })
      for tag in tags { try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0) }
    }
    #expect(try reader().uses(of: digest(2)).map(\.tag) == [other, amazon])
  }

  @Test func whatBeginsSoIsFound() throws {
    defer { writer.close() }
    let sha512 = Digest(.sha512, bytes: [UInt8](repeating: 2, count: 64))
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2), image(arm64, 0x21)]), tag: tag.id, at: 0)
      let long = TagSnapshot(digest: sha512, mediaType: .ociIndex, size: 1, images: [image(amd64, 0x2f)], documents: [])
      try history.record(long, tag: tag.id, at: 10)
    }
    func found(_ text: String, limit: Int = 10) throws -> [Digest] { try reader().digests(prefix(text), limit: limit) }
    #expect(try found("0202") == [digest(2), sha512])
    #expect(try found("sha256:0202") == [digest(2)])
    #expect(try found("sha512:0") == [sha512])
    #expect(try found("2") == [digest(0x21), digest(0x2f)])
    #expect(try found("2", limit: 1) == [digest(0x21)])
    #expect(try found("2f").count == 1 && found("2e").isEmpty && found("sha384:2").isEmpty)
    #expect(try found(digest(2).description) == [digest(2)])
  }

  /// Against what reading all states one by one says.
  @Test(arguments: 0..<40) func agreesWithAReadingOfAllStates(_ seed: UInt64) throws {
    defer { writer.close() }
    var random = SplitMix64(seed: seed)
    var expected: [(first: Int64, last: Int64, isCurrent: Bool)] = []
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      var wasThere = false
      for second in 0..<Int64.random(in: 1...30, using: &random) {
        let id = UInt8.random(in: 2...4, using: &random)
        try history.record(
          snapshot(UInt8(second + 10), [image(amd64, id, manifest: UInt8(second + 100))]), tag: tag.id, at: second)
        for index in expected.indices { expected[index].isCurrent = false }
        if id == 2 {
          if wasThere { expected[expected.count - 1].last = second } else { expected.append((second, second, true)) }
          expected[expected.count - 1].isCurrent = true
        }
        wasThere = id == 2
        if Int.random(in: 0..<5, using: &random) == 0 {
          try history.endSnapshot(tag: tag.id)
          wasThere = false
          for index in expected.indices { expected[index].isCurrent = false }
        }
      }
    }
    let uses = try reader().uses(of: digest(2))
    #expect(uses.map(\.firstSeen) == expected.reversed().map { time($0.first) })
    #expect(uses.map(\.lastSeen) == expected.reversed().map { time($0.last) })
    #expect(uses.map(\.isCurrent) == expected.reversed().map(\.isCurrent))
  }
}
