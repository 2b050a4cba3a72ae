import Host
import ImageModel
import Recording
import Synchronization
import TestSupport
import Testing

@testable import History
@testable import Polling
@testable import Registry
@testable import Transport

/// The engine and what glances tell it.
@Suite(.timeLimit(.minutes(1))) struct GlanceEngineTests {
  private static let count = 40
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let recorder = Recorder([])
  private let snapshot = SimulatedWorld.anImage()

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  @Test func tagsThatStandStillAreNeverPolled() async throws {
    let polled = Atomic(0)
    let engine = try engine(
      glance: { jobs, watch in
        watch.tell(Glimpses(unchanged: jobs.map(\.index)))
        return []
      },
      poll: { _ in
        polled.add(1, ordering: .relaxed)
        return .unchanged
      })
    let results = try await engine.check(nil)
    #expect(results.count == Self.count)
    #expect(results.allSatisfy { if case .unchanged = $0.outcome { true } else { false } })
    let polls = polled.load(ordering: .relaxed)
    #expect(polls == 0)
    #expect(await engine.figures.registries.map(\.meter.polls) == [Self.count])
    #expect(await engine.stop() == nil)
    let states = try HistoryReader.open(writer.path).status().tags.map(\.record.state)
    #expect(states.allSatisfy { $0.lastChecked == moment(120).wall })
  }

  @Test func whatAGlanceHasSeenOrLeftIsPolled() async throws {
    let polled = Mutex<[Int: Bool]>([:])
    let snapshot = snapshot
    let engine = try engine(
      glance: { jobs, watch in
        let sorted = jobs.map(\.index).sorted()
        // Every fourth has moved, every fourth is left, and news comes in two parts.
        watch.tell(Glimpses(unchanged: sorted.filter { $0 % 4 == 0 }))
        watch.tell(
          Glimpses(
            unchanged: sorted.filter { $0 % 4 == 1 },
            others: sorted.filter { $0 % 4 == 2 }.map { ($0, Self.failed) }))
        return sorted.filter { $0 % 4 == 3 }
      },
      poll: { job in
        polled.withLock { $0[job.index] = job.first != nil }
        return .found(snapshot, head: snapshot.digest)
      })
    #expect(try await engine.check(nil).count == Self.count)
    let firsts = polled.withLock { $0 }
    #expect(firsts.count == Self.count / 2)
    #expect(firsts.allSatisfy { $0.value == ($0.key % 4 == 2) })
    #expect(await engine.stop() == nil)
  }

  @Test func stoppingWaitsForGlancesAndCuttingOffEndsThem() async throws {
    let watches = Mutex<[GlanceWatch]>([])
    let asked = Mutex<[Int]>([])
    let engine = try engine(
      glance: { jobs, watch in
        watches.withLock { $0.append(watch) }
        asked.withLock { $0 += jobs.map(\.index) }
        return []
      },
      poll: { _ in
        Issue.record("polled after it was cut off")
        return .unchanged
      })
    await engine.tick()
    let watch = try #require(watches.withLock { $0.first })
    let indexes = asked.withLock { $0 }
    #expect(!indexes.isEmpty)
    let stopped = Atomic(false)
    let stopping = Task {
      let failure = await engine.stop()
      stopped.store(true, ordering: .sequentiallyConsistent)
      return failure
    }
    watch.tell(Glimpses(unchanged: Array(indexes.dropLast())))
    while await engine.running > 1 { await Task.yield() }
    let isStopped = stopped.load(ordering: .sequentiallyConsistent)
    #expect(!isStopped)
    await engine.cutOff()
    watch.tell(
      Glimpses(
        others: indexes.suffix(1).map { ($0, Self.failed) }))
    #expect(await stopping.value == nil)
    let states = try HistoryReader.open(writer.path).status().tags.map(\.record.state)
    #expect(states.count { $0.lastChecked == moment(120).wall } == indexes.count - 1)
  }

  @Test func oneThatHangsIsKnownToHang() async throws {
    let seconds = Atomic<Int>(120)
    let engine = try engine(
      clock: { moment(seconds.load(ordering: .relaxed)) }, glance: { _, _ in [] }, poll: { _ in .unchanged })
    await engine.tick()
    #expect(await !engine.load.hangs)
    seconds.add(Limits.pollSeconds, ordering: .relaxed)
    #expect(await !engine.load.hangs)
    seconds.add(2 * Limits.tickSeconds + 1, ordering: .relaxed)
    #expect(await engine.load.hangs)
    await engine.cutOff()
  }

  private func engine(
    clock: @escaping @Sendable () -> Moment = { moment(120) }, glance: @escaping PollEngine.Glancer,
    poll: @escaping @Sendable (PollJob) async -> PollResult
  ) throws -> PollEngine {
    var core = try writer.core(Self.entries, at: moment(0))
    for index in 0..<Self.count {
      let request = core.finished(index, .found(snapshot, head: snapshot.digest), at: moment(0))
      core.recorded(try writer.transactionSync { try recorder.record(#require(request), in: $0) })
    }
    return PollEngine(
      core: core, writer: writer, clock: clock, poll: poll, glance: glance, record: recorder.record,
      onProgress: { _ in })
  }

  private static let failed = FirstAnswer(
    result: .failure(TransportError(.timeout, "no answer", url: "http://r.example/")), authorization: nil)

  private static let entries = (0..<count).map { number in
    WatchEntry(
      tag: TagReference(domain: "r.example", path: "app\(number)", tag: "latest"), pinned: nil, intervalSeconds: 60,
      selection: .all, sinks: [], unreachableAfterSeconds: 3_600, labels: [:], line: 0)
  }
}
