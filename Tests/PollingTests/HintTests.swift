import Drift
import History
import ImageModel
import Recording
import Registry
import Schedule
import TestSupport
import Testing

@testable import Polling

/// Hints, by the core and what is recorded.
@Suite struct HintTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let recorder = Recorder([Recorder.Subscriber(sink: "out", events: nil)])

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  private func entry(_ name: String) -> WatchEntry {
    WatchEntry(
      tag: TagReference(domain: "r.example", path: "app", tag: name), pinned: nil, intervalSeconds: 86_400,
      selection: .all, sinks: ["out"], unreachableAfterSeconds: 3_600, labels: [:], line: 1)
  }

  private func image(_ tag: String?, path: String = "app") -> Set<HintedImage> {
    [HintedImage(RepositoryReference(domain: "r.example", path: path), tag: tag)]
  }

  /// One that has seen its tags, of which none is due for hours.
  private func quietCore(_ names: [String]) throws -> (core: PollCore, world: SimulatedWorld) {
    var core = try writer.core(names.map(entry), at: moment(0))
    var world = SimulatedWorld(tags: names.count)
    for job in core.due(at: moment(0)) {
      _ = try take(&core, job.index, .found(world.snapshot(job.index), head: world.snapshot(job.index).digest), at: 0)
    }
    return (core, world)
  }

  @discardableResult
  private func take(_ core: inout PollCore, _ index: Int, _ result: PollResult, at seconds: Int) throws -> Record? {
    guard let request = core.finished(index, result, at: moment(seconds)) else { return nil }
    let record = try writer.transactionSync { try recorder.record(request, in: $0) }
    core.recorded(record)
    return record
  }

  private func names(_ jobs: [PollJob]) -> [String] { jobs.map(\.tag.tag).sorted() }

  @Test func whatIsWatchedIsDueNowAndAgainWhileNothingChanges() throws {
    var (core, _) = try quietCore(["a", "b"])
    #expect(core.hint([image("a"), image("else"), image("a", path: "other")], at: moment(100)) == [1, 0, 0])
    #expect(core.due(at: moment(100)).isEmpty)
    for time in [100_500, 130_000, 220_000] as [Int64] {
      #expect(core.nextWake(after: moment(100)) == moment(milliseconds: time).boot)
      let jobs = core.due(at: moment(milliseconds: time))
      #expect(names(jobs) == ["a"], "\(time)")
      for job in jobs { try take(&core, job.index, .unchanged, at: Int(time / 1_000) + 1) }
      #expect(core.due(at: moment(time / 1_000 + 1)).isEmpty)
    }
    #expect(core.due(at: moment(3_600)).isEmpty)
  }

  @Test func theChangeEndsIt() throws {
    var (core, world) = try quietCore(["a"])
    _ = core.hint([image("a")], at: moment(100))
    let job = try #require(core.due(at: moment(101)).first)
    world.move(0, .content)
    let snapshot = world.snapshot(0)
    let record = try take(&core, job.index, .found(snapshot, head: snapshot.digest), at: 102)
    #expect(record?.events.map(\.type) == [.imageChanged])
    #expect(core.due(at: moment(130)).isEmpty && core.due(at: moment(220)).isEmpty)
  }

  /// A poll that is under way may have looked before.
  @Test func aPollUnderWayIsMadeAgain() throws {
    var (core, _) = try quietCore(["a"])
    _ = core.hint([image("a")], at: moment(100))
    let job = try #require(core.due(at: moment(101)).first)
    _ = core.hint([image("a")], at: moment(111))
    #expect(core.due(at: moment(112)).isEmpty)
    try take(&core, job.index, .unchanged, at: 113)
    #expect(names(core.due(at: moment(113))) == ["a"])
  }

  @Test func manyHintsAreAPollInTenSeconds() throws {
    var (core, _) = try quietCore(["a"])
    var polls: [Int] = []
    for second in 100..<160 {
      for _ in 0..<100 { _ = core.hint([image("a")], at: moment(second)) }
      for job in core.due(at: moment(second)) {
        polls.append(second)
        try take(&core, job.index, .unchanged, at: second)
      }
    }
    #expect(polls == [101, 111, 121, 131, 141, 151])
  }

  @Test func aWholeRepositoryIsAllThatIsWatchedOfIt() throws {
    var (core, _) = try quietCore(["a", "b"])
    #expect(core.hint([image(nil), image(nil, path: "other")], at: moment(100)) == [2, 0])
    #expect(names(core.due(at: moment(101))) == ["a", "b"])
  }

  /// A registry that wants to be left alone is, whoever says what.
  @Test func aRestHolds() throws {
    var (core, _) = try quietCore(["a"])
    core.pause(["r.example": moment(200).boot])
    #expect(core.hint([image("a")], at: moment(100)) == [1])
    for seconds in [100, 199] { #expect(core.due(at: moment(seconds)).isEmpty) }
    #expect(names(core.due(at: moment(200))) == ["a"])
  }

  @Test func aTagOfARepositoryThatIsNotKnownYetHasItListed() throws {
    let scene = try RepositoryScene()
    try scene.watch([scene.repository(exclude: "rc", interval: 86_400)])
    try scene.list(["1.0"], at: 1)
    _ = try scene.poll("1.0", at: 1)
    #expect(scene.work(at: 2).isEmpty)
    #expect(scene.hint("1.1-rc1", at: 100) == 0 && scene.work(at: 100).isEmpty, "it would not be watched")
    #expect(scene.hint("1.0", at: 100) == 1 && scene.work(at: 101) == ["app:1.0"])
    #expect(scene.hint("1.1", at: 200) == 1)
    #expect(scene.work(at: 201).contains("list app"))
    try scene.list(["1.0", "1.1"], at: 201)
    #expect(scene.work(at: 201) == ["app:1.1"])
    #expect(!scene.work(at: 230).contains("list app"), "the tag has come")
  }
}
