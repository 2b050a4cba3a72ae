import GRDB
import ImageModel
import TestSupport
import Testing

@testable import History

/// What is left of a tag that is forgotten, and of the others.
@Suite struct ForgettingTests {
  private let scratch = Scratch()
  private let writer: HistoryWriter
  private let other = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "2")

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  /// Two states of `amazon`, which is watched no more, and one of `other`, with events for the sink `a`.
  private func prepare() throws {
    try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "a", type: "stdout", fingerprint: "")])
      var tag = try store.amazonTag()
      tag.state.lastChecked = time(2)
      try store.updateState(tag.id, tag.state)
      for (index, id) in [UInt8(1), 2].enumerated() {
        try store.record(
          snapshot(id + 50, [image(amd64, id), image(arm64, 9)]), tag: tag.id, at: Int64(index), sinks: ["a"])
      }
      let kept = try store.registerTags([WatchedTag(tag: other, selection: .all, intervalSeconds: 900)])[0]
      try store.record(snapshot(60, [image(arm64, 9)]), tag: kept.id, at: 2, sinks: ["a"])
      for name in [UInt8(1), 2, 9, 51, 52, 60, 101, 102, 109] {
        try store.insertDocuments([Document(digest: digest(name), mediaType: .ociIndex, bytes: [name])])
      }
    }
  }

  private func forget(_ tag: TagReference) throws -> Pruned? {
    guard let id = try writer.transactionSync({ try $0.beginForgetting(tag) }) else { return nil }
    return try rest(of: id)
  }

  private func rest(of id: TagID) throws -> Pruned {
    var total = Pruned()
    while true {
      let step = try writer.transactionSync { try $0.forgetNext(of: id) }
      total += step.pruned
      if step.isDone { return total }
    }
  }

  private var leftOver: [TagID] {
    get throws { try writer.transactionSync { try $0.unknownTags(after: .lowest).tags } }
  }

  @Test func theTagGoesWithAllThatOnlyItNames() throws {
    defer { writer.close() }
    try prepare()
    try writer.transactionSync { try $0.settleDelivered(sink: "a", sequences: [1, 2, 3], at: time(3)) }
    let pruned = try #require(try forget(amazon))
    #expect(pruned.snapshots == 2 && pruned.events == 2 && pruned.deliveries == 2 && pruned.documents == 6)
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.history(amazon) == nil && reader.extent(of: amazon) == nil)
    #expect(try reader.near(amazon, limit: 5).first == [other])
    let extent = try #require(try reader.extent(of: other))
    #expect(extent.isWatched && extent.snapshots == 1 && extent.events == 1)
    let shared = try writer.transactionSync { store in
      try [UInt8(60), 9, 109].compactMap { try store.document(digest($0)) }
    }
    #expect(shared.count == 3, "the other tag names them")
    #expect(try writer.transactionSync { try $0.tag(amazon) } == nil)
    #expect(try leftOver.isEmpty)
    #expect(try forget(amazon) == nil)
  }

  @Test func whatIsWatchedIsNotForgotten() throws {
    defer { writer.close() }
    try prepare()
    #expect(throws: TagInUse.self) { _ = try forget(other) }
    #expect(try HistoryReader.open(scratch.database).history(other)?.count == 1)
  }

  @Test func eventsThatAreOwedStayUntilTheyHaveArrived() throws {
    defer { writer.close() }
    try prepare()
    try writer.transactionSync { store in
      try store.settleDelivered(sink: "a", sequences: [1], at: time(3))
    }
    let pruned = try #require(try forget(amazon))
    #expect(pruned.snapshots == 2 && pruned.events == 1)
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.events(EventQuery(), limit: 9).events.map(\.sequence) == [2, 3])
    #expect(try reader.history(amazon) == nil && reader.status([amazon]).unknown == [amazon])
    #expect(try reader.near(amazon, limit: 5).first == [other], "nobody is told of it")
    let left = try #require(try leftOver.first)
    #expect(try writer.transactionSync { try $0.owedEvents(of: left) } == 1)
    #expect(try forget(amazon) == nil, "nothing is known of it any more")
    #expect(try rest(of: left) == Pruned())
    try writer.transactionSync { store in
      #expect(try store.waiting(sink: "a", now: time(9), within: .seconds(9), limit: 9).map(\.sequence) == [2, 3])
      // A mark of a check that was under way brings nothing back.
      try store.mark([UnchangedMark(tagID: left, at: time(9), nextCheck: time(10))])
      try store.settleDelivered(sink: "a", sequences: [2], at: time(9))
    }
    #expect(try rest(of: left).events == 1)
    #expect(try leftOver.isEmpty)
  }

  @Test func aGroupThatHoldsEventsOfOthersIsTheirs() throws {
    defer { writer.close() }
    try prepare()
    #expect(try writer.transactionSync { try $0.group(sink: "a", id: "g", now: time(4)) } == 3)
    #expect(try forget(amazon)?.events == 2)
    #expect(try leftOver.isEmpty)
    let events = try HistoryReader.open(scratch.database).events(EventQuery(), limit: 9).events
    #expect(events.map(\.type) == [.imageChanged, .changes] && events.map(\.tag) == [other, other])
    let waiting = try writer.transactionSync { try $0.waitingGroup(sink: "a", now: time(9), within: .seconds(9)) }
    #expect(waiting?.eventID == "g")
  }

  /// Whose events such a group holds is not to be known: it goes with its tag.
  @Test(arguments: ["x", #"{"data":{"events":["x"]}}"#]) func aGroupThatCannotBeReadHoldsNothingUp(body: String) throws
  {
    defer { writer.close() }
    try prepare()
    try writer.transactionSync { store in
      #expect(try store.group(sink: "a", id: "g", now: time(4)) == 3)
      try store.db.execute(
        sql: "UPDATE event SET body = event_frame(CAST(? AS BLOB)) WHERE type = 'watcher.changes'", arguments: [body])
      try store.settleDelivered(sink: "a", sequences: [4], at: time(5))
    }
    #expect(try forget(amazon)?.events == 3)
    #expect(try leftOver.isEmpty)
  }

  /// The number of a row may be given again while a check of the tag before is under way.
  @Test func aLateMarkIsForNoOtherTag() throws {
    defer { writer.close() }
    try prepare()
    try writer.transactionSync { try $0.settleDelivered(sink: "a", sequences: [1, 2, 3], at: time(3)) }
    try writer.transactionSync { store in
      // As it is when `amazon` was forgotten in part: states are left.
      let id = try #require(try store.beginForgetting(amazon))
      let late = [UnchangedMark(tagID: id, at: time(9), nextCheck: time(10))]
      try store.mark(late)
      #expect(try store.tag(amazon)?.isBlank == true, "it is forgotten to the end")
      _ = try store.registerTags([WatchedTag(tag: amazon, selection: .all, intervalSeconds: 900)])
      try store.mark(late)
      #expect(try store.tag(amazon)?.state == TagState(), "watched, and not looked at yet")
    }
  }

  @Test func manyStatesGoInSteps() throws {
    defer { writer.close() }
    try prepare()
    try writer.transactionSync { store in
      let id = try #require(try store.tag(amazon)).id
      for second in Int64(10)..<1_010 { try store.record(snapshot(70, [image(amd64, 3)]), tag: id, at: second) }
      try store.settleDelivered(sink: "a", sequences: [1, 2], at: time(3))
    }
    let pruned = try #require(try forget(amazon))
    #expect(pruned.snapshots == 1_002 && pruned.events == 1_002)
    #expect(try leftOver.isEmpty)
  }
}
