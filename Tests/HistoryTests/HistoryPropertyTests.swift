import GRDB
import Glibc
import ImageModel
import Schedule
import TestSupport
import Testing

@testable import History

/// Reading a history part by part answers as working it out from all of it does, whatever a tag and the clock did.
/// `WATCHER_HISTORY_SEED=7` tries one history alone.
@Suite struct HistoryPropertyTests {
  private static let seeds: [UInt64] =
    getenv("WATCHER_HISTORY_SEED").flatMap { UInt64(String(cString: $0)) }.map { [$0] } ?? Array(1...60)

  private static let windows = ["10.0.20348", "10.0.17763"].map {
    Platform(os: "windows", architecture: "amd64", osVersion: $0)
  }
  private static let platforms: [Platform?] = [amd64, arm64, nil] + windows
  private static let asked = [
    amd64, arm64, Platform(os: "windows", architecture: "amd64"), Platform(os: "linux", architecture: "s390x"),
  ]

  let scratch = Scratch()

  /// Few different images, so that states often show the same; now and then a digest by another algorithm.
  private static func image(_ platform: Platform?, _ random: inout SplitMix64) -> PlatformImage {
    let isArtifact = random.chance(of: 8)
    let id = UInt8(random.below(2) + 10)
    let other = Digest(.sha512, bytes: [UInt8](repeating: id, count: 64))
    return PlatformImage(
      platform: platform, manifest: digest(UInt8(100 + random.below(3))), manifestSize: 1_000,
      imageID: isArtifact ? nil : random.chance(of: 6) ? other : digest(id), configSize: 500, layers: [], config: nil)
  }

  private static func state(_ random: inout SplitMix64) -> TagSnapshot {
    let some = random.chance(of: 3) ? platforms.filter { _ in random.chance(of: 2) } : [amd64, arm64]
    return snapshot(UInt8(random.below(250)), some.shuffled(using: &random).map { image($0, &random) })
  }

  /// A clock that mostly goes on, stands still at times and is set back at others.
  private static func tick(_ seconds: inout Int64, _ random: inout SplitMix64) {
    seconds += random.chance(of: 12) ? -Int64(random.below(300)) : random.chance(of: 6) ? 0 : Int64(random.below(60))
  }

  /// - Returns: the rows of the tag's snapshots, oldest first.
  private static func fill(_ store: HistoryTransaction, tag: TagID, _ random: inout SplitMix64) throws -> [SnapshotID] {
    var ids: [SnapshotID] = []
    var seconds: Int64 = 1_000
    let classes: [ChangeClass?] = [nil, nil, .repacked, .content, .added]
    for _ in 0..<random.below(40) {
      let state = state(&random)
      let some = state.images.map { _ in classes[random.below(classes.count)] }
      tick(&seconds, &random)
      ids.append(try store.insertSnapshot(tag: tag, snapshot: state, classes: some, at: time(seconds)))
      if random.chance(of: 2), let id = ids.last {
        let event = event("event-\(id)", EventType.allCases[random.below(EventType.allCases.count)], at: seconds)
        _ = try store.appendEvent(event, tag: tag, snapshot: id, sinks: [])
      }
      tick(&seconds, &random)
      if !random.chance(of: 3) { try store.confirmSnapshot(tag: tag, at: time(seconds)) }
      if random.chance(of: 7) { try store.endSnapshot(tag: tag) }
    }
    return ids
  }

  private static func query(_ random: inout SplitMix64) -> HistoryQuery {
    func sometime(_ odds: Int) -> Timestamp? { random.chance(of: odds) ? time(Int64(random.below(2_400)) + 800) : nil }
    var query = HistoryQuery()
    query.since = sometime(3)
    query.until = sometime(3)
    query.at = sometime(4)
    query.limit = random.chance(of: 2) ? random.below(5) : nil
    query.all = random.chance(of: 4)
    if random.chance(of: 2) { query.platforms = asked.filter { _ in random.chance(of: 2) } }
    return query
  }

  @Test(arguments: seeds) func answersAsTheWholeHistoryDoes(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    let tags = ["a", "b"].map { TagReference(domain: "docker.io", path: "library/\($0)", tag: "1") }
    let ids = try writer.transactionSync { store in
      let records = try store.registerTags(
        tags.map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 900) })
      // In turns, so that the rows of one tag do not follow each other.
      return try (0..<6).reduce(into: [[SnapshotID]](repeating: [], count: 2)) { ids, turn in
        ids[turn % 2] += try Self.fill(store, tag: records[turn % 2].id, &random)
      }
    }
    let reader = try HistoryReader.open(scratch.database)
    for (tag, ids) in zip(tags, ids) {
      let snapshots = try reader.read { db in
        try ids.compactMap { try SnapshotRow.one(db, id: $0, tag: try HistoryReader.row(db, of: tag) ?? 0) }
      }
      #expect(snapshots.count == ids.count)
      for _ in 0..<60 {
        let query = Self.query(&random)
        var found = try reader.history(tag, query) ?? []
        // Those are of no interest to how entries are made.
        for index in found.indices { (found[index].rollbacks, found[index].sequence) = ([], nil) }
        #expect(
          found == EntryOracle.entries(snapshots, query),
          "WATCHER_HISTORY_SEED=\(seed): \(query)")
      }
      #expect(try reader.platforms(of: tag) == Set(snapshots.flatMap(\.images).map(\.platform)))
    }
  }
}

extension SplitMix64 {
  fileprivate mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &self) }

  /// Once in so many times.
  fileprivate mutating func chance(of odds: Int) -> Bool { below(odds) == 0 }
}
