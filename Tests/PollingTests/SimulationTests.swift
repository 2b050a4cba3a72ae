import History
import ImageModel
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
    #expect(month.expectedEvents > 5_000)
  }
}

private struct SimulatedMonth {
  private let database: String
  private var random: SplitMix64
  /// Mostly images; of twelve tags one names a chart, and one an index with two patch levels of a Windows version.
  private var world = SimulatedWorld(tags: SimulationTests.tagCount) { index in
    index % 12 == 5 ? .artifact : index % 12 == 10 ? .windows : .image
  }
  private var oracle: [TagChronicle]
  private var nextChecks = [Int64](repeating: 0, count: SimulationTests.tagCount)
  private var moves: [(at: Int64, tag: Int)] = []
  private var nextMove = 0
  private var outages: [(from: Int64, to: Int64)] = []
  private var stops: [Int64] = []
  private let entries: [WatchEntry]
  private(set) var polls = 0
  private(set) var restarts = 0
  /// Polls before the time that was stored for them.
  private(set) var early = 0
  var expectedEvents: Int { oracle.reduce(0) { $0 + $1.states.count } }

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
    oracle = entries.map { TagChronicle($0.tag, intervalSeconds: $0.intervalSeconds) }
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
    var now = start
    var daemon = try SimulatedDaemon(database, entries, seed: 7, at: moment(milliseconds: now))
    defer { daemon.close() }
    while now < stop {
      let present = moment(milliseconds: now)
      for job in daemon.due(at: present) {
        polls += 1
        if now < nextChecks[job.index] { early += 1 }
        daemon.take(answer(job, at: now), of: job, at: present)
        nextChecks[job.index] = daemon.nextCheck(of: job.index).milliseconds - epoch
      }
      _ = try daemon.commit()
      now = daemon.nextWake(after: present, within: 60_000)
    }
    // The flush every second is left out, but for the one at the end.
    try daemon.flush()
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
    oracle[job.index].note(.names(snapshot), at: moment(milliseconds: now).wall)
    return snapshot.digest == job.known.headDigest ? .unchanged : .found(snapshot, head: snapshot.digest)
  }

  func compareWithOracle() throws {
    let reader = try HistoryReader.open(database)
    for known in oracle {
      var query = HistoryQuery()
      query.all = true
      let rows = try #require(try reader.history(known.tag, query))
      let seen = known.states.reversed()
      #expect(rows.map(\.digest) == seen.map(\.snapshot.digest), "digests of \(known.tag)")
      #expect(rows.map(\.firstSeen) == seen.map(\.first), "first seen of \(known.tag)")
      #expect(rows.map(\.lastSeen) == seen.map(\.last), "last seen of \(known.tag)")
      #expect(
        rows.map { $0.platforms.map(\.imageID) } == seen.map { $0.snapshot.images.map(\.imageID) },
        "image IDs of \(known.tag)")
      #expect(
        rows.map { $0.platforms.map(\.manifest) } == seen.map { $0.snapshot.images.map(\.manifest) },
        "manifests of \(known.tag)")
      #expect(rows.map(\.event) == seen.map(\.event), "events of \(known.tag)")
    }
  }
}
