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

/// `amazonlinux:latest`, watched every quarter of an hour in simulated time: the client, the plan, the recorder and the
/// database are the daemon's own. Keeps what it was shown, and when.
final class SummerWatch {
  static let tag = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")

  /// Each look, and the state that was there.
  private(set) var looks: [(at: Timestamp, state: Int)] = []
  /// The state that the tag names.
  private var present = 0
  private let registry: FakeRegistry
  private let clock: SummerClock
  private let writer: HistoryWriter
  private let poller: TagPoller
  private let recorder = Recorder([])
  private var core: PollCore

  init(database: String, from start: Timestamp) throws {
    registry = try FakeRegistry(door: .anonymousToken)
    for state in AmazonlinuxSummer.states.indices {
      let image = AmazonlinuxSummer.image(state)
      for manifest in image.manifests.values + image.attestations {
        registry.put(manifest: manifest, in: Self.tag.path)
      }
      for config in image.configs.values { registry.put(blob: config, in: Self.tag.path) }
      registry.put(manifest: image.index, in: Self.tag.path)
    }
    clock = SummerClock(start)
    writer = try HistoryWriter.open(database)
    let (origin, repositories) = (registry.origin, WatchedRepositories())
    repositories.watch([(Self.tag.domain, Self.tag.path)])
    let client = RegistryClient(
      http: HTTPClient(undoesCodings: true), userAgent: "watcher-test/1",
      access: { _ in RegistryAccess(usesPlainHTTP: true, repositories: repositories) }, endpoint: { _ in origin },
      trace: nil, clock: clock.clock)
    poller = TagPoller(registry: client, writer: writer)
    let entry = WatchEntry(
      tag: Self.tag, pinned: nil, intervalSeconds: 900, selection: .all, sinks: [], unreachableAfterSeconds: 3_600,
      labels: [:], line: 1)
    core = PlanBuilder(entries: [entry]) { _ in RegistryLimits(concurrency: 4) }.core(
      try writer.transactionSync { try $0.register([entry]) }, seed: 1, now: clock.moment)
    move(to: 0)
  }

  func move(to state: Int) {
    present = state
    registry.move(tag: Self.tag.tag, of: Self.tag.path, to: AmazonlinuxSummer.image(state).index.digest)
  }

  func pass(until end: Timestamp) async throws {
    while clock.moment.wall < end {
      for job in core.work(at: clock.moment).polls {
        let result = await poller.poll(job)
        looks.append((clock.moment.wall, present))
        guard let request = core.finished(job.index, result, at: clock.moment) else { continue }
        try await write([request])
      }
      let left = end.milliseconds - clock.moment.wall.milliseconds
      let next = core.nextWake(after: clock.moment).map { $0 - clock.moment.boot } ?? left
      clock.advance(milliseconds: max(1, min(next, left)))
    }
    try await write([])
  }

  private func write(_ requests: [RecordRequest]) async throws {
    let records = try await writer.transaction { [recorder, marks = core.takeMarks()] store in
      try store.mark(marks)
      return try recorder.record(requests, in: store)
    }
    for record in records { core.recorded(record) }
  }

  func stop() {
    writer.close()
    registry.stop()
  }
}

/// Stands still until it is told, and sleeps by moving on.
private final class SummerClock: Sendable {
  private let start: Timestamp
  private let passed = Atomic<Int64>(0)

  init(_ start: Timestamp) { self.start = start }

  func advance(milliseconds: Int64) { passed.add(milliseconds, ordering: .relaxed) }

  var moment: Moment {
    let passed = passed.load(ordering: .relaxed)
    return Moment(
      boot: BootTime(milliseconds: passed), wall: Timestamp(milliseconds: start.milliseconds + passed))
  }

  var clock: RegistryClock {
    RegistryClock(
      now: { self.moment.boot }, wall: { self.moment.wall }, sleep: { self.advance(milliseconds: $0) })
  }
}
