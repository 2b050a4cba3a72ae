import Drift
import History
import ImageModel
import Recording
import Registry
import Schedule
import TestSupport
import Testing

@testable import Polling

/// The core when another watchlist takes over.
@Suite struct RewatchTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let recorder = Recorder([Recorder.Subscriber(sink: "out", events: nil)])

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  @Test func aTagThatStaysKeepsItsPlaceAndWhatIsKnown() throws {
    var core = try core([entry("a"), entry("b")])
    let jobs = core.due(at: moment(0))
    #expect(jobs.map(\.tag.path) == ["a", "b"])
    for job in jobs { try answer(job, &core, at: 1) }
    let before = core.nextWake(after: moment(1))
    let head = core.slots[jobs[0].index].known.headDigest

    try watch([entry("b"), entry("a")], &core, at: 5)
    #expect(core.nextWake(after: moment(5)) == before)
    #expect(head != nil && core.slots[jobs[0].index].known.headDigest == head)
    #expect(core.due(at: moment(5)).isEmpty, "nothing is polled because of a reload")
    // At their own time both are, once.
    #expect(core.due(at: moment(100)).map(\.tag.path).sorted() == ["a", "b"])
  }

  @Test func aNewTagIsPolledAtOnceAndOneThatLeftNoMore() throws {
    var core = try core([entry("a")])
    for job in core.due(at: moment(0)) { try answer(job, &core, at: 1) }
    try watch([entry("b")], &core, at: 5)
    #expect(core.due(at: moment(5)).map(\.tag.path) == ["b"])
    #expect(core.due(at: moment(10_000)).isEmpty)
  }

  @Test func aPollUnderWayGoesOnForATagThatStays() throws {
    var core = try core([entry("a")])
    let job = try first(&core, at: 0)
    try watch([entry("a", sinks: ["out", "more"])], &core, at: 1)
    #expect(core.due(at: moment(1)).isEmpty, "it is under way")
    let answered = core.finished(job.index, found(), at: moment(2))
    let request = try #require(answered)
    #expect(request.watched.sinks == ["out", "more"])
  }

  @Test func whatATagThatLeftStillAnswersIsDroppedAndItsPlaceUsedAgain() throws {
    var core = try core([entry("a")])
    let job = try first(&core, at: 0)
    try watch([entry("b")], &core, at: 1)
    let other = try first(&core, at: 1)
    #expect(other.tag.path == "b" && other.index != job.index, "the place is taken until the poll is over")
    #expect(core.finished(job.index, found(), at: moment(2)) == nil)
    try watch([entry("b"), entry("c")], &core, at: 3)
    let third = try first(&core, at: 3)
    #expect(third.tag.path == "c" && third.index == job.index)
    #expect(core.slots.count == 2)
  }

  @Test func aRecordThatComesLateIsNotAnothersTagsState() throws {
    var core = try core([entry("a")])
    let job = try first(&core, at: 0)
    let answered = core.finished(job.index, found(), at: moment(1))
    let request = try #require(answered)
    try watch([entry("b")], &core, at: 2)
    #expect(core.due(at: moment(2)).map(\.index) == [job.index])
    core.recorded(try writer.transactionSync { try recorder.record(request, in: $0) })
    #expect(core.slots[job.index].snapshot == nil)
  }

  @Test func anotherIntervalCountsFromNowOn() throws {
    var core = try core([entry("a", interval: 86_400)])
    for job in core.due(at: moment(0)) { try answer(job, &core, at: 1) }
    #expect(core.due(at: moment(200)).isEmpty)
    try watch([entry("a", interval: 60)], &core, at: 200)
    let wake = try #require(core.nextWake(after: moment(200)))
    #expect(wake <= moment(270).boot)
    #expect(core.due(at: moment(270)).map(\.tag.path) == ["a"])
  }

  @Test func anotherSelectionIsWalkedAtTheNextPoll() throws {
    var core = try core([entry("a")])
    for job in core.due(at: moment(0)) { try answer(job, &core, at: 1) }
    #expect(!core.slots[0].known.mustWalk)
    let amd64 = Platform(os: "linux", architecture: "amd64")
    try watch([entry("a", selection: .only([amd64]))], &core, at: 5)
    #expect(core.slots[0].known.mustWalk)
    try watch([entry("a")], &core, at: 6)
    #expect(!core.slots[0].known.mustWalk)
  }

  @Test func manyReloadsNeedNoMoreRoom() throws {
    var core = try core([entry("a")])
    for round in 0..<100 {
      try watch([entry("t\(round % 3)"), entry("u\(round % 5)")], &core, at: round)
      for job in core.due(at: moment(round)) { try answer(job, &core, at: round) }
    }
    #expect(core.slots.count <= 4)
  }

  private func first(_ core: inout PollCore, at seconds: Int) throws -> PollJob {
    let jobs = core.due(at: moment(seconds))
    return try #require(jobs.first)
  }

  private func entry(
    _ path: String, interval: Int = 60, selection: PlatformSelection = .all, sinks: [String] = ["out"]
  ) -> WatchEntry {
    WatchEntry(
      tag: TagReference(domain: "r.example", path: path, tag: "latest"), pinned: nil, intervalSeconds: interval,
      selection: selection, sinks: sinks, unreachableAfterSeconds: 3_600, labels: [:], line: 0)
  }

  private func core(_ entries: [WatchEntry]) throws -> PollCore { try writer.core(entries, at: moment(0)) }

  private func watch(_ entries: [WatchEntry], _ core: inout PollCore, at seconds: Int) throws {
    let registered = try writer.transactionSync { try $0.register(entries, sinks: ["out"]) }
    core.watch(
      PlanBuilder(entries: entries) { _ in RegistryLimits(concurrency: 4) }, registered, at: moment(seconds))
  }

  private func answer(_ job: PollJob, _ core: inout PollCore, at seconds: Int) throws {
    guard let request = core.finished(job.index, found(), at: moment(seconds)) else { return }
    core.recorded(try writer.transactionSync { try recorder.record(request, in: $0) })
  }

  private func found() -> PollResult {
    let snapshot = SimulatedWorld.anImage()
    return .found(snapshot, head: snapshot.digest)
  }
}
