import History
import ImageModel
import Recording
import Schedule
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Polling
@testable import Registry

/// A day at Docker Hub by its published rules, with a clock that is moved on: the client, the plan and the store are the
/// daemon's own.
@Suite struct HubDayTests {
  private static let tags = 200
  private static let changes = 40
  private static let interval = 900
  private static let platforms = ["linux/amd64", "linux/arm64"]

  @Test func everyChangeIsToldAtTheNextPollAndNothingIsRefused() async throws {
    let day = try await Day()
    defer { day.registry.stop() }
    try await day.pass(hours: 1) { _ in }
    #expect(day.firstSeen == Self.tags)
    day.limit.set(100)
    var random = SplitMix64(seed: 7)
    // Half of them within an hour: more than there are pulls for.
    let times = (0..<Self.changes).map { index in
      index < Self.changes / 2
        ? Int64.random(in: 2 * 3_600..<24 * 3_600, using: &random) : Int64.random(in: 40_000..<43_600, using: &random)
    }
    var due = zip(times, (0..<Self.changes).map { $0 * 5 }).map { (at: $0, tag: $1, by: 1) }
    // Two of them go back to where they were, at their leisure and while there are no pulls left.
    let returning = [(tag: 1, from: Int64(10_000), to: Int64(60_000)), (tag: 2, from: 20_000, to: 43_600)]
    due += returning.flatMap { [($0.from, $0.tag, 1), ($0.to, $0.tag, -1)] }
    due.sort { $0.at < $1.at }
    try await day.pass(hours: 24) { now in
      while let next = due.first, next.at * 1_000 <= now {
        day.move(next.tag, by: next.by, at: now)
        due.removeFirst()
      }
    }
    #expect(day.limit.refused == 0)
    #expect(day.limit.mostInASecond <= 4)
    #expect(day.moves.count == Self.changes + 2 * returning.count)
    for (tag, moves) in Dictionary(grouping: day.moves, by: \.tag) {
      let told = day.told[tag, default: []]
      let completed = day.completed[tag, default: []]
      try #require(told.count == moves.count && completed.count == moves.count, "tag \(tag)")
      for (move, (told, completed)) in zip(moves, zip(told, completed)) {
        // An interval and a tenth, and its turn.
        #expect(move.at <= told && told - move.at <= Int64(Self.interval) * 1_100 + 120_000, "tag \(tag)")
        #expect(completed - move.at <= 6 * 3_600_000 + Int64(Self.interval) * 2_200, "tag \(tag)")
      }
    }
    #expect(day.pending > 0, "the budget was met")
    #expect(day.rollbacks.sorted() == returning.map(\.tag))
    for back in returning {
      // What is stored costs no pull, so it is told with all that there is.
      #expect(day.told[back.tag]?.last == day.completed[back.tag]?.last)
    }
  }

  /// What happens, and when.
  private final class Day {
    let registry: FakeRegistry
    let limit: PullLimit
    private let clock = VirtualClock()
    private let directory: TemporaryDirectory
    private let writer: HistoryWriter
    private let poller: TagPoller
    private let recorder = Recorder([])
    private var core: PollCore
    private var random = SplitMix64(seed: 3)
    private var steps = 0
    private var versions = [Int](repeating: 0, count: HubDayTests.tags)
    private(set) var moves: [(tag: Int, at: Int64)] = []
    /// When each move of a tag was told, and when what it is now.
    private(set) var told: [Int: [Int64]] = [:]
    private(set) var completed: [Int: [Int64]] = [:]
    private(set) var rollbacks: [Int] = []
    private(set) var pending = 0
    private(set) var firstSeen = 0

    init() async throws {
      registry = try FakeRegistry(door: .anonymousToken)
      let boot = clock.clock.now
      limit = PullLimit(.max, burst: 10, now: boot)
      limit.guards(registry)
      directory = try TemporaryDirectory()
      writer = try HistoryWriter.open(directory.path + "/watcher.db")
      let entries = (0..<HubDayTests.tags).map { index in
        WatchEntry(
          tag: TagReference(domain: "docker.io", path: "library/r\(index)", tag: "latest"), pinned: nil,
          intervalSeconds: HubDayTests.interval, selection: .all, sinks: [], unreachableAfterSeconds: 3_600,
          labels: [:], line: index + 1)
      }
      let repositories = WatchedRepositories()
      repositories.watch(entries.map { ($0.tag.domain, $0.tag.path) })
      let origin = registry.origin
      let client = RegistryClient(
        http: HTTPClient(undoesCodings: true), userAgent: "watcher-test/1",
        access: { _ in RegistryAccess(usesPlainHTTP: true, repositories: repositories, requestsPerSecond: 2) },
        endpoint: { _ in origin }, trace: nil, clock: clock.clock)
      poller = TagPoller(registry: client, writer: writer)
      let registered = try await writer.transaction { try $0.register(entries, []) }
      let now = moment(milliseconds: clock.clock.now().milliseconds)
      core = PlanBuilder(entries: entries) { _ in RegistryLimits(concurrency: 4, requestsPerSecond: 2) }.core(
        registered, seed: 1, now: now)
      for tag in 0..<HubDayTests.tags { publish(tag) }
    }

    private func publish(_ tag: Int) {
      registry.put(
        FakeRegistryImage("\(tag) \(versions[tag])", platforms: HubDayTests.platforms), in: "library/r\(tag)",
        tag: "latest")
    }

    func move(_ tag: Int, by step: Int, at milliseconds: Int64) {
      versions[tag] += step
      publish(tag)
      moves.append((tag, milliseconds))
    }

    /// Since the start, in milliseconds.
    private var elapsed: Int64 { clock.clock.now().milliseconds - 1_000_000 }

    /// Lets so much time pass.
    ///
    /// - Parameter act: is told the time before each step, in milliseconds since the start.
    func pass(hours: Int64, _ act: (Int64) -> Void) async throws {
      let end = elapsed + hours * 3_600_000
      while elapsed < end {
        act(elapsed)
        let now = moment(milliseconds: clock.clock.now().milliseconds)
        let jobs = core.work(at: now).polls
        for job in jobs { try await take(job, await poller.poll(job)) }
        steps += 1
        if steps.isMultiple(of: 1_000) { try await flush() }
        guard jobs.isEmpty else { continue }
        let next = core.nextWake(after: now) ?? now.boot + 60_000
        clock.advance(milliseconds: min(max(1, next - now.boot), 60_000))
      }
    }

    private func flush() async throws {
      try await writer.transaction { [marks = core.takeMarks()] in try $0.mark(marks) }
    }

    private func take(_ job: PollJob, _ result: PollResult) async throws {
      let now = moment(milliseconds: clock.clock.now().milliseconds)
      guard let request = core.finished(job.index, result, at: now) else { return }
      try await flush()
      let records = try await writer.transaction { [recorder] in try recorder.record([request], in: $0) }
      for record in records {
        core.recorded(record)
        guard let tag = Int(record.tag.path.dropFirst("library/r".count)) else { continue }
        for event in record.events {
          switch event.type {
          case .tagFirstSeen: firstSeen += 1
          case .tagMoved:
            pending += 1
            told[tag, default: []].append(elapsed)
          case .imageChanged:
            completed[tag, default: []].append(elapsed)
            if told[tag, default: []].count < completed[tag, default: []].count {
              told[tag, default: []].append(elapsed)
            }
            if event.isRollback { rollbacks.append(tag) }
          default: Issue.record("\(event.type) of \(record.tag)")
          }
        }
      }
    }
  }
}

/// Stands still until it is told, and sleeps by moving on.
private final class VirtualClock: Sendable {
  private let milliseconds = Atomic<Int64>(1_000_000)

  func advance(milliseconds time: Int64) { milliseconds.add(time, ordering: .relaxed) }

  var clock: RegistryClock {
    RegistryClock(
      now: { BootTime(milliseconds: self.milliseconds.load(ordering: .relaxed)) },
      wall: { Timestamp(milliseconds: epoch) }, sleep: { self.milliseconds.add($0, ordering: .relaxed) })
  }
}
