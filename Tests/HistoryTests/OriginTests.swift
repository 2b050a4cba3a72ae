import GRDB
import ImageModel
import TestSupport
import Testing

@testable import History

/// How entries came about: what they are back at, and what left with them.
@Suite struct OriginTests {
  let scratch = Scratch()

  private func history(
    _ query: HistoryQuery = HistoryQuery(), of record: (HistoryTransaction, TagID) throws -> Void
  ) throws -> [HistoryEntry] {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.transactionSync { try record($0, $0.amazonTag().id) }
    return try #require(try HistoryReader.open(scratch.database).history(amazon, query))
  }

  /// A state with an event that says more of it than its type.
  private func begin(
    _ store: HistoryTransaction, _ tag: TagID, _ state: TagSnapshot, at seconds: Int64,
    _ change: (inout ChangeEvent) -> Void
  ) throws {
    let id = try store.insertSnapshot(tag: tag, snapshot: state, classes: [.content], at: time(seconds))
    var event = event("event-\(id)", at: seconds)
    change(&event)
    _ = try store.appendEvent(event, tag: tag, snapshot: id, sinks: [])
  }

  private func recordThree(_ store: HistoryTransaction, _ tag: TagID) throws {
    try store.record(snapshot(1, [image(amd64, 10), image(arm64, 20)]), .tagFirstSeen, tag: tag, at: 0)
    try begin(store, tag, snapshot(2, [image(amd64, 11)]), at: 100) { event in
      event.rollback = [
        .init(platform: amd64, imageID: digest(11), lastCurrent: time(-50), digest: digest(9)),
        .init(platform: arm64, imageID: digest(20), lastCurrent: time(-60), digest: digest(8)),
      ]
      event.changes = [
        PlatformChange(
          platform: amd64, changeClass: .content, previous: .init(image(amd64, 10)), current: .init(image(amd64, 11)),
          layers: nil),
        PlatformChange(
          platform: arm64, changeClass: .removed, previous: .init(image(arm64, 20)), current: nil, layers: nil),
      ]
    }
  }

  @Test func theEventSaysWhatItIsBackAtAndWhatLeft() throws {
    let entries = try history(of: recordThree)
    let back = try #require(entries.first)
    #expect(
      back.rollback(of: back.platforms[0])
        == .init(platform: amd64, imageID: digest(11), lastCurrent: time(-50), digest: digest(9)))
    #expect(back.removed == [.init(platform: arm64, manifest: digest(120), imageID: digest(20))])
    #expect(back.previous == .init(id: 1, ended: nil, digest: digest(1)))
    #expect(entries[1].rollbacks.isEmpty && entries[1].removed.isEmpty && entries[1].previous == nil)
  }

  @Test func whatOfOtherPlatformsLeftIsNotShown() throws {
    var query = HistoryQuery()
    query.platforms = [amd64]
    #expect(try history(query, of: recordThree).map(\.removed) == [[], []])
  }

  /// A tag that moves to and fro, whose moves are not all announced.
  @Test func aMoveWithoutAnEventIsLookedUp() throws {
    let entries = try history { store, tag in
      let (one, two) = (snapshot(1, [image(amd64, 10)]), snapshot(2, [image(amd64, 11)]))
      try store.record(one, .tagFirstSeen, classes: [.added], tag: tag, at: 0)
      try store.confirmSnapshot(tag: tag, at: time(40))
      try store.record(two, classes: [.content], tag: tag, at: 100)
      _ = try store.insertSnapshot(tag: tag, snapshot: one, classes: [.content], at: time(200))
    }
    #expect(
      entries.map(\.rollbacks) == [
        [.init(platform: amd64, imageID: digest(10), lastCurrent: time(40), digest: digest(1))], [], [],
      ])
  }

  /// The states are known without.
  @Test(arguments: ["x'7b'", "event_frame(x'7b')"]) func aDocumentThatCannotBeReadHidesNoState(body: String) throws {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { try recordThree($0, $0.amazonTag().id) }
    writer.close()
    let queue = try Connection.writer(scratch.database)
    try queue.write { try $0.execute(sql: "UPDATE event SET body = \(body)") }
    try queue.close()
    let entries = try #require(try HistoryReader.open(scratch.database).history(amazon))
    #expect(entries.map(\.digest) == [digest(2), digest(1)])
    #expect(entries.allSatisfy { $0.rollbacks.isEmpty && $0.removed.isEmpty })
  }

  @Test(
    arguments: [(1, 5), (2, 4), (5, 1), (6, 0), (1_000, 0)] as [(Int, Int64)])
  func theLastEventsBeginThere(count: Int, after: Int64) throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.transactionSync { store in
      let tag = try store.amazonTag().id
      for number in 1...6 {
        let type: EventType = number == 6 ? .imageChanged : .tagDeleted
        _ = try store.appendEvent(event("e\(number)", type, at: Int64(number)), tag: tag, snapshot: nil, sinks: [])
      }
    }
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.beginning(ofLast: count, EventQuery()) == EventSequence(rawValue: after))
    var deleted = EventQuery()
    deleted.types = [.tagDeleted]
    #expect(try reader.beginning(ofLast: 2, deleted) == 3, "of those that are asked for")
    deleted.after = 4
    #expect(try reader.beginning(ofLast: 2, deleted) == 4, "and never more than that")
  }
}
