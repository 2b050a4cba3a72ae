import ImageModel
import TestSupport
import Testing

@testable import History

/// What is forgotten, and that what stays remains true.
@Suite struct PruningTests {
  private let scratch = Scratch()

  /// Runs one step after the other, as a daemon does.
  private func prune(_ writer: HistoryWriter, before seconds: Int64) throws -> Pruned {
    var total = Pruned()
    var after: TagID? = .lowest
    while let position = after {
      let (pruned, next) = try writer.transactionSync { try $0.pruneSnapshots(before: time(seconds), after: position) }
      total += pruned
      after = next
    }
    var afterEvent: EventSequence? = .zero
    while let position = afterEvent {
      let (pruned, next) = try writer.transactionSync { try $0.pruneEvents(before: time(seconds), after: position) }
      total += pruned
      afterEvent = next
    }
    return total
  }

  @Test func endedStatesGoWithTheirEventsAndDocuments() throws {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { store in
      let tag = try store.amazonTag().id
      for (index, seconds) in [Int64(0), 100, 200].enumerated() {
        let id = UInt8(index + 1)
        try store.record(snapshot(id + 50, [image(amd64, id), image(arm64, 9)]), tag: tag, at: seconds)
        for name in [id, id + 50, id + 100, 9, 109] {
          try store.insertDocuments([Document(digest: digest(name), mediaType: .ociIndex, bytes: [name])])
        }
      }
    }
    #expect(try prune(writer, before: 0) == Pruned())
    let pruned = try prune(writer, before: 150)
    #expect(pruned.snapshots == 2 && pruned.events == 2 && pruned.documents == 6)
    let reader = try HistoryReader.open(scratch.database)
    let entries = try #require(try reader.history(amazon))
    #expect(entries.map(\.firstSeen) == [time(200)])
    #expect(try reader.events(EventQuery(), limit: 10).events.map(\.sequence) == [3])
    try writer.transactionSync { store in
      let left = try (UInt8(0)...255).filter { try store.document(digest($0)) != nil }
      #expect(left == [3, 9, 53, 103, 109])
      // A sequence is never given twice.
      let next = try store.appendEvent(event("later", at: 300), tag: 1, snapshot: nil, sinks: [])
      #expect(next.sequence == 4)
    }
    #expect(try prune(writer, before: 10_000).snapshots == 0, "the newest state stays, however old")
  }

  @Test func eventsThatASinkStillWaitsForStay() throws {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "a", type: "stdout", fingerprint: "")])
      let tag = try store.amazonTag().id
      for (index, seconds) in [Int64(0), 100, 200, 300, 400].enumerated() {
        try store.record(snapshot(UInt8(index + 50), [image(amd64, UInt8(index))]), tag: tag, at: seconds, sinks: ["a"])
      }
      try store.settleDelivered(sink: "a", sequences: [1], at: time(1))
      try store.settleFailed(sink: "a", sequence: 2, attempts: 1, error: "no", .rests)
      try store.settleDelivered(sink: "a", sequences: [4], at: time(301))
    }
    let pruned = try prune(writer, before: 350)
    #expect(pruned.snapshots == 4 && pruned.events == 2 && pruned.deliveries == 2)
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.events(EventQuery(), limit: 10).events.map(\.sequence) == [2, 3, 5])
    #expect(try writer.transactionSync { try $0.dropDeliveries(DeliveryQuery(states: [.waiting, .failed])) } == 3)
    #expect(try prune(writer, before: 350).events == 2)
    #expect(try reader.events(EventQuery(), limit: 10).events.map(\.sequence) == [5])
  }

  /// An image that was repacked a thousand times since it came is known since it came.
  @Test func sinceWhenAnImageIsThereStaysTrue() throws {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { store in
      let tag = try store.amazonTag().id
      try store.record(snapshot(1, [image(amd64, 7)]), tag: tag, at: 0)
      for index in 0..<1_200 {
        let top = Digest(.sha256, bytes: (0..<32).map { UInt8(truncatingIfNeeded: index >> (8 * ($0 % 4))) })
        let state = TagSnapshot(
          digest: top, mediaType: .ociIndex, size: 1, images: [image(amd64, 8)], documents: [])
        try store.record(state, .indexChanged, tag: tag, at: 100 + Int64(index))
      }
      try store.record(snapshot(3, [image(amd64, 9)]), tag: tag, at: 5_000)
    }
    let reader = try HistoryReader.open(scratch.database)
    let before = try #require(try reader.history(amazon))
    #expect(before.map(\.firstSeen) == [time(5_000), time(100), time(0)])
    #expect(try prune(writer, before: 1_200).snapshots == 1 + 1_099)
    let after = try #require(try reader.history(amazon))
    #expect(after == Self.forgetting(before.prefix(2)))
    #expect(try prune(writer, before: 1_200).snapshots == 0)
    #expect(try prune(writer, before: 4_000).snapshots == 101)
    #expect(try reader.history(amazon) == Self.forgetting(before.prefix(1)))
  }

  /// These entries when nothing is known any more of what was before the oldest of them.
  private static func forgetting(_ entries: ArraySlice<HistoryEntry>) -> [HistoryEntry] {
    var entries = Array(entries)
    if !entries.isEmpty { entries[entries.count - 1].previous = nil }
    return entries
  }

  /// Whatever a tag did, the entries that reach into the time that is kept are those from before, word for word.
  @Test(arguments: 0..<40) func entriesThatReachIntoTheKeptTimeStayAsTheyWere(seed: UInt64) throws {
    var random = Steps(state: seed)
    let writer = try HistoryWriter.open(scratch.database)
    var seconds: Int64 = 0
    try writer.transactionSync { store in
      let tag = try store.amazonTag().id
      for _ in 0..<30 {
        seconds += Int64(random.next() % 50) + 1
        if random.next() % 6 == 0 { try store.endSnapshot(tag: tag) }
        if random.next() % 2 == 0 { try store.confirmSnapshot(tag: tag, at: time(seconds)) }
        seconds += 1
        let images = [image(amd64, UInt8(random.next() % 3)), image(arm64, UInt8(random.next() % 2) + 10)]
        try store.record(snapshot(UInt8(random.next() % 200), images), tag: tag, at: seconds)
      }
    }
    let reader = try HistoryReader.open(scratch.database)
    let before = try #require(try reader.history(amazon))
    for limit in [seconds / 4, seconds / 2, seconds] {
      _ = try prune(writer, before: limit)
      let kept = before.filter { $0.lastSeen >= time(limit) || $0 == before.first }
      let after = try #require(try reader.history(amazon))
      #expect(after.count >= kept.count)
      #expect(Array(after.prefix(kept.count)) == Self.forgetting(kept[...]))
      #expect(after.dropFirst(kept.count).isEmpty)
    }
  }
}

/// A small generator whose numbers are the same for ever.
private struct Steps {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
