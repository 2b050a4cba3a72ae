import Foundation
import History
import ImageModel
import Recording
import Registry
import TestSupport
import Testing

@testable import Polling

/// A core and its database, whose lists and polls come to what a test says.
final class RepositoryScene {
  private let directory: TemporaryDirectory
  private var writer: HistoryWriter
  private var core: PollCore
  private var world = SimulatedWorld(tags: 1)
  private let recorder = Recorder([Recorder.Subscriber(sink: "out", events: EventPatterns(["*"]))])
  private var jobs: [String: ListJob] = [:]

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    core = try writer.core([], at: moment(0))
  }

  func repository(
    _ path: String = "app", exclude: String? = nil, max: Int = 50, interval: Int = 60, sinks: [String] = ["out"]
  ) -> RepositoryEntry {
    RepositoryEntry(
      repository: RepositoryReference(domain: "r.example", path: path),
      tags: TagSelection(exclude: exclude.map { [try? TagPattern($0)].compactMap(\.self) } ?? [], maxTags: max),
      intervalSeconds: interval, selection: .all, sinks: sinks, unreachableAfterSeconds: 3_600, labels: [:], line: 1)
  }

  private func tag(_ tag: String) -> TagReference { TagReference(domain: "r.example", path: "app", tag: tag) }

  // MARK: Watchlists

  /// - Parameter own: tags of the repository `app` that have entries of their own.
  func watch(
    _ repositories: [RepositoryEntry], own: [String] = [], concurrency: Int = 4, at seconds: Int = 0
  ) throws {
    let (builder, registered) = try register(repositories, own, concurrency)
    core.watch(builder, registered, at: moment(seconds))
  }

  /// Everything in memory is forgotten and read again.
  func restart(_ repositories: [RepositoryEntry], at seconds: Int) throws {
    writer.close()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    let (builder, registered) = try register(repositories, [], 4)
    core = builder.core(registered, seed: 1, now: moment(seconds))
  }

  private func register(
    _ repositories: [RepositoryEntry], _ own: [String], _ concurrency: Int
  ) throws -> (PlanBuilder, PollEngine.Registered) {
    let entries = own.map {
      WatchEntry(
        tag: tag($0), pinned: nil, intervalSeconds: 60, selection: .all, sinks: ["out"],
        unreachableAfterSeconds: 3_600, labels: [:], line: 1)
    }
    let registered = try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "out", type: "stdout", fingerprint: "")])
      return try store.register(entries, repositories)
    }
    return (
      PlanBuilder(entries: entries, repositories: repositories) { _ in RegistryLimits(concurrency: concurrency) },
      registered
    )
  }

  // MARK: Work

  /// What is due, which is under way from then on.
  func work(at seconds: Int) -> [String] {
    let work = core.work(at: moment(seconds))
    for job in work.lists { jobs[job.wanted.repository.path] = job }
    return work.lists.map { "list \($0.wanted.repository.path)" }.sorted()
      + work.polls.map { "\($0.tag.path):\($0.tag.tag)" }.sorted()
  }

  func hint(_ name: String, at seconds: Int) -> Int {
    core.hint([[HintedImage(tag(name))]], at: moment(seconds)).reduce(0, +)
  }

  func takeList(at seconds: Int) throws -> ListJob {
    _ = work(at: seconds)
    return try #require(jobs.values.first)
  }

  /// A list is made and recorded.
  @discardableResult
  func list(_ tags: [String], at seconds: Int) throws -> ListRecord {
    let job = try job(at: seconds)
    return try record(finish(job, tags, at: seconds), at: seconds)
  }

  func failList(_ code: CheckFailure.Code, at seconds: Int) throws -> ListRecord {
    let job = try job(at: seconds)
    return try record(finish(job, .failure(CheckFailure(code, "no")), at: seconds), at: seconds)
  }

  func finish(_ job: ListJob, _ tags: [String], at seconds: Int) -> ListRequest? {
    var picker = TagPicker(job.wanted.selection)
    let fitting = tags.count { picker.add($0) }
    return finish(
      job,
      .success(
        TagListing(
          picked: picker.picked(), absent: Set(job.wanted.given).subtracting(tags), listed: tags.count,
          fitting: fitting)), at: seconds)
  }

  func finish(_ job: ListJob, _ result: ListResult, at seconds: Int) -> ListRequest? {
    core.finished(job, result, at: moment(seconds))
  }

  /// As the service asks for it, be it due or not.
  private func job(at seconds: Int) throws -> ListJob {
    let (index, slot) = try #require(core.listings.first)
    return slot.job(index, at: moment(seconds))
  }

  private func record(_ request: ListRequest?, at seconds: Int) throws -> ListRecord {
    let request = try #require(request)
    let record = try writer.transactionSync { try $0.record(request) }
    _ = core.recorded(record, at: moment(seconds))
    return record
  }

  func poll(_ name: String, at seconds: Int) throws -> Record? {
    let snapshot = world.snapshot(0)
    return try take(name, .found(snapshot, head: snapshot.digest), at: seconds)
  }

  /// The tag is not there, says a registry that is up.
  func miss(_ name: String, at seconds: Int) throws -> Record? {
    try take(name, .failed(CheckFailure(.tagMissing, "no"), registryAnswers: true), at: seconds)
  }

  private func take(_ name: String, _ result: PollResult, at seconds: Int) throws -> Record? {
    let index = try #require(core.indexes(of: [tag(name)]).first)
    guard let request = core.finished(index, result, at: moment(seconds)) else { return nil }
    let record = try writer.transactionSync { try recorder.record(request, in: $0) }
    core.recorded(record)
    return record
  }

  // MARK: What is there

  var slotCount: Int { core.slots.count }
  var watchedCount: Int { core.watchedCount }

  private func reader() throws -> HistoryReader { try HistoryReader.open(writer.path) }

  func repositories() throws -> [RepositoryRecord] { try reader().status().repositories }

  func status() throws -> [TagStatus] { try reader().status().tags }

  /// As the database and the plan have it, which must be the same.
  func watched() throws -> [String] {
    let tags = try status().map(\.record.tag)
    let planned = core.indexes(of: nil).map { core.slots[$0].entry.tag }
    #expect(Set(planned) == Set(tags) && planned.count == tags.count && core.watchedCount == tags.count)
    return tags.map(\.tag)
  }

  func history(_ name: String) throws -> [HistoryEntry] { try reader().history(tag(name), HistoryQuery()) ?? [] }

  func data(_ record: Record?) throws -> [String: Any] {
    let body = try #require(record?.events.first?.body)
    let document = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    return try #require(document?["data"] as? [String: Any])
  }
}
