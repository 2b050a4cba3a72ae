import Drift
import History
import ImageModel
import Recording
import Registry
import Schedule
import TestSupport
import Testing

@testable import Polling

/// A month of 500 tags in simulated time, through the plan, the recorder and a real database, with random
/// moves, outages and restarts; every row and event must be what an oracle says, and nothing else.
@Suite struct SimulationTests {
  static let tagCount = 500
  static let month: Int64 = 30 * 86_400_000

  @Test func aMonthOfFiveHundredTagsMatchesTheOracle() throws {
    let directory = try TemporaryDirectory()
    var month = try SimulatedMonth(database: directory.path + "/watcher.db", seed: 2026)
    try month.run()
    try month.compareWithOracle()
    #expect(month.polls > 200_000)
    #expect(month.early == 0)
    #expect(month.restarts > 20)
    #expect(month.expectedEvents.count > 5_000)
  }
}

/// What the oracle knows of one tag: the answers it was given, in order.
private struct OracleTag {
  struct Seen {
    let state: SimulatedWorld.State
    let snapshot: TagSnapshot
    let first: Int64
    var last: Int64
  }
  var seen: [Seen] = []
  var nextCheck: Int64 = 0
}

private struct ExpectedEvent: Hashable {
  let tag: Int
  let type: EventType
  let time: Int64
}

private struct SimulatedMonth {
  /// Simulated time starts here: 2026-10-01.

  private let database: String
  private var random: SplitMix64
  /// Mostly images; of twelve tags one names a chart, and one an index with two patch levels of a Windows version.
  private var world = SimulatedWorld(tags: SimulationTests.tagCount) { index in
    index % 12 == 5 ? .artifact : index % 12 == 10 ? .windows : .image
  }
  private var oracle = Array(repeating: OracleTag(), count: SimulationTests.tagCount)
  private var moves: [(at: Int64, tag: Int)] = []
  private var nextMove = 0
  private var outages: [(from: Int64, to: Int64)] = []
  private var stops: [Int64] = []
  private let entries: [WatchEntry]
  private(set) var polls = 0
  private(set) var restarts = 0
  /// Polls before the time that was stored for them.
  private(set) var early = 0
  private(set) var expectedEvents: Set<ExpectedEvent> = []

  init(database: String, seed: UInt64) throws {
    self.database = database
    var random = SplitMix64(seed: seed)
    entries = (0..<SimulationTests.tagCount).map { index in
      WatchEntry(
        tag: TagReference(domain: "r\(index % 3).example", path: "app\(index)", tag: "latest"), pinned: nil,
        intervalSeconds: [1800, 3600, 21_600][index % 3], selection: .all, sinks: ["out"],
        // Longer than any outage here: reachability has its own tests.
        unreachableAfterSeconds: 30 * 86_400, labels: [:], line: 0)
    }
    let month = SimulationTests.month
    for _ in 0..<12_000 {
      moves.append((Int64.random(in: 0..<month, using: &random), Int.random(in: 0..<entries.count, using: &random)))
    }
    moves.sort { $0.at < $1.at }
    for _ in 0..<20 {
      let from = Int64.random(in: 0..<month, using: &random)
      outages.append((from, from + Int64.random(in: 60_000..<14_400_000, using: &random)))
    }
    stops = (0..<25).map { _ in Int64.random(in: 0..<month, using: &random) }.sorted()
    self.random = random
  }

  mutating func run() throws {
    var start: Int64 = 0
    for stop in stops + [SimulationTests.month] {
      try runUntil(stop, from: start)
      restarts += 1
      // The daemon is down for up to two hours.
      start = min(SimulationTests.month, stop + Int64.random(in: 0..<7_200_000, using: &random))
    }
  }

  private mutating func runUntil(_ stop: Int64, from start: Int64) throws {
    guard start < stop else { return }
    let writer = try HistoryWriter.open(database)
    defer { writer.close() }
    let recorder = Recorder([Recorder.Subscriber(sink: "out", events: nil)])
    var now = start
    var core = try open(writer, at: now)
    while now < stop {
      var requests = core.overdue(at: moment(milliseconds: now))
      for job in core.due(at: moment(milliseconds: now)) {
        polls += 1
        if now < oracle[job.index].nextCheck { early += 1 }
        if let request = core.finished(job.index, answer(job, at: now), at: moment(milliseconds: now)) {
          requests.append(request)
        }
        oracle[job.index].nextCheck = core.slots[job.index].nextCheck.milliseconds - epoch
      }
      let marks = requests.isEmpty ? [] : core.takeMarks()
      let records: [Record] =
        try requests.isEmpty
        ? []
        : writer.transactionSync { store in
          try store.mark(marks)
          return try requests.map { try recorder.record($0, in: store) }
        }
      for record in records { core.recorded(record) }
      now = max(now + 1, min(core.nextWake(after: moment(milliseconds: now))?.milliseconds ?? stop, now + 60_000))
    }
    // The flush every second is left out, but for the one at the end.
    let marks = core.takeMarks()
    try writer.transactionSync { try $0.mark(marks) }
  }

  private func open(_ writer: HistoryWriter, at now: Int64) throws -> PollCore {
    try writer.core(entries, seed: 7, at: moment(milliseconds: now))
  }

  /// What the simulated registry says; the oracle takes a note.
  private mutating func answer(_ job: PollJob, at now: Int64) -> PollResult {
    while nextMove < moves.count, moves[nextMove].at <= now {
      world.move(moves[nextMove].tag, SimulatedWorld.Move.allCases.randomElement(using: &random) ?? .content)
      nextMove += 1
    }
    if outages.contains(where: { $0.from <= now && now < $0.to }) {
      return .failed(CheckFailure(.connect, "down"), registryAnswers: false)
    }
    let snapshot = world.snapshot(job.index)
    note(job.index, snapshot, now)
    return snapshot.digest == job.known.headDigest ? .unchanged : .found(snapshot, head: snapshot.digest)
  }

  private mutating func note(_ tag: Int, _ snapshot: TagSnapshot, _ now: Int64) {
    if let last = oracle[tag].seen.last, last.snapshot.digest == snapshot.digest {
      oracle[tag].seen[oracle[tag].seen.count - 1].last = now
      return
    }
    let type: EventType
    if let before = oracle[tag].seen.last?.snapshot {
      // Of one platform twice the order is nothing: two sets are compared.
      let ids = (Set(before.images.map(\.imageID)), Set(snapshot.images.map(\.imageID)))
      let manifests = (Set(before.images.map(\.manifest)), Set(snapshot.images.map(\.manifest)))
      let moved: EventType = ids.0 != ids.1 ? .imageChanged : ids.1 == [nil] ? .artifactChanged : .imageRepacked
      type = manifests.0 == manifests.1 ? .indexChanged : moved
    } else {
      type = .tagFirstSeen
    }
    expectedEvents.insert(ExpectedEvent(tag: tag, type: type, time: now))
    oracle[tag].seen.append(.init(state: world.states[tag], snapshot: snapshot, first: now, last: now))
  }

  func compareWithOracle() throws {
    let reader = try HistoryReader.open(database)
    let expected = Dictionary(grouping: expectedEvents, by: \.tag)
    for (index, entry) in entries.enumerated() {
      var query = HistoryQuery()
      query.all = true
      let rows = try #require(try reader.history(entry.tag, query))
      let seen = oracle[index].seen.reversed()
      #expect(rows.map(\.digest) == seen.map(\.snapshot.digest), "digests of \(entry.tag)")
      #expect(rows.map(\.firstSeen) == seen.map { moment(milliseconds: $0.first).wall }, "first seen of \(entry.tag)")
      #expect(rows.map(\.lastSeen) == seen.map { moment(milliseconds: $0.last).wall }, "last seen of \(entry.tag)")
      #expect(
        rows.map { $0.platforms.map(\.imageID) } == seen.map { $0.snapshot.images.map(\.imageID) },
        "image IDs of \(entry.tag)")
      #expect(
        rows.map { $0.platforms.map(\.manifest) } == seen.map { $0.snapshot.images.map(\.manifest) },
        "manifests of \(entry.tag)")
      let events = rows.compactMap { row in
        row.event.map { ExpectedEvent(tag: index, type: $0, time: row.firstSeen.milliseconds - epoch) }
      }
      #expect(Set(events) == Set(expected[index] ?? []), "events of \(entry.tag)")
    }
  }
}
