import Drift
import Foundation
import History
import ImageModel
import Recording
import Registry
import Schedule
import TestSupport

@testable import Polling

/// One tag, its simulated registry and its database, polled when a test says so.
final class OneTag {
  var world: SimulatedWorld
  /// Config blobs cannot be had.
  var withholdsConfigs = false
  /// What is odd about its documents.
  var remarks: [String] = []
  private let directory: TemporaryDirectory
  private var writer: HistoryWriter
  private var core: PollCore
  private let recorder: Recorder
  private var selection: PlatformSelection

  init(selection: PlatformSelection = .all, kind: SimulatedWorld.Kind = .image) throws {
    world = SimulatedWorld(tags: 1, kind: { _ in kind })
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    recorder = Recorder([
      Recorder.Subscriber(sink: "default", events: nil),
      Recorder.Subscriber(sink: "all", events: EventPatterns(["*"])),
    ])
    self.selection = selection
    core = try Self.open(writer, selection, at: 0)
  }

  /// Everything in memory is forgotten and read again.
  func restart(selection: PlatformSelection, at seconds: Int = 0) throws {
    writer.close()
    self.selection = selection
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    core = try Self.open(writer, selection, at: seconds)
  }

  /// A poll that the registry answers; `nil` when a mark was all there was to it.
  ///
  /// - Parameter walk: seconds between the registry's answer and the end of the poll.
  func poll(at seconds: Int, walk: Int = 0) throws -> Record? {
    let snapshot = visible(world.snapshot(0))
    let known = core.slots[0].known
    let isUnchanged = !known.mustWalk && known.headDigest == snapshot.digest
    let age = Duration.seconds(walk)
    return try take(
      isUnchanged ? .unchanged : .found(snapshot, head: snapshot.digest, age: age), at: seconds)
  }

  /// A poll of which HEAD says that nothing moved.
  ///
  /// - Parameter begun: when it began, seconds; at once if `nil`.
  func unchanged(begun: Int? = nil, at seconds: Int) throws -> Record? {
    _ = core.due(at: moment(begun ?? seconds))
    return try take(.unchanged, at: seconds)
  }

  /// Whether a poll would verify that.
  func verifies(at seconds: Int) -> Bool { core.slots[0].verifyFrom <= moment(seconds).boot }

  /// A poll that finds this.
  func found(_ snapshot: TagSnapshot, at seconds: Int) throws -> Record? {
    try take(.found(snapshot, head: snapshot.digest), at: seconds)
  }

  /// A poll for which the registry names another document and lets nobody have it.
  func moved(to digest: Digest, at seconds: Int) throws -> Record? {
    try take(.observed(.moved(MovedTag(digest: digest, mediaType: .ociIndex), documents: [])), at: seconds)
  }

  /// A poll that finds the tag moved, and was begun when its row had another number.
  func pollOfAnotherRow(at seconds: Int) throws -> Record? {
    let snapshot = visible(world.snapshot(0))
    guard var request = core.finished(0, .found(snapshot, head: snapshot.digest), at: moment(seconds)) else {
      return nil
    }
    request.tagID = TagID(rawValue: request.tagID.rawValue + 1)
    return try record([request]).first
  }

  /// Two polls that both find the tag moved, written together.
  func pollTwice(at first: Int, _ second: Int) throws -> [Record] {
    let snapshot = visible(world.snapshot(0))
    let requests = [first, second].compactMap {
      core.finished(0, .found(snapshot, head: snapshot.digest), at: moment($0))
    }
    return try record(requests)
  }

  /// - Parameter retryAfter: seconds for which the registry asks to be left alone.
  func fail(
    _ code: CheckFailure.Code, at seconds: Int, registryAnswers: Bool = true, retryAfter: Int? = nil
  ) throws -> Record? {
    let failure = CheckFailure(code, "no", retryAfterSeconds: retryAfter)
    return try take(.failed(failure, registryAnswers: registryAnswers), at: seconds)
  }

  func overdue(at seconds: Int) throws -> [Record] { try record(core.overdue(at: moment(seconds))) }

  var isWalkingAgain: Bool { core.slots[0].mustWalk }

  func history(all: Bool = false) throws -> [HistoryEntry] {
    var query = HistoryQuery()
    query.all = all
    return try HistoryReader.open(writer.path).history(Self.tag, query) ?? []
  }

  func status() throws -> TagStatus? { try HistoryReader.open(writer.path).status().tags.first }

  func wall(_ seconds: Int) -> Timestamp { moment(seconds).wall }

  func data(_ event: RecordedEvent) throws -> [String: Any] {
    let document = try JSONSerialization.jsonObject(with: Data(event.body)) as? [String: Any]
    return document?["data"] as? [String: Any] ?? [:]
  }

  /// The layer counts of the first change.
  func layers(_ record: Record) throws -> [String: Int]? {
    let changes = try data(record.events[0])["changes"] as? [[String: Any]]
    return changes?.first?["layers"] as? [String: Int]
  }

  private static let tag = TagReference(domain: "r.example", path: "app", tag: "latest")

  private static func open(_ writer: HistoryWriter, _ selection: PlatformSelection, at now: Int) throws -> PollCore {
    let entry = WatchEntry(
      tag: tag, pinned: nil, intervalSeconds: 60, selection: selection, sinks: ["default", "all"],
      unreachableAfterSeconds: 3_600, labels: [:], line: 0)
    return try writer.core([entry], sinks: entry.sinks, at: moment(now))
  }

  private func take(_ result: PollResult, at seconds: Int) throws -> Record? {
    let request = core.finished(0, result, at: moment(seconds))
    let records = try record(request.map { [$0] } ?? [])
    return records.first
  }

  private func record(_ requests: [RecordRequest]) throws -> [Record] {
    let marks = core.takeMarks()
    let records = try writer.transactionSync { store in
      try store.mark(marks)
      return try requests.map { try recorder.record($0, in: store) }
    }
    for record in records { core.recorded(record) }
    return records
  }

  /// What the registry shows of a state: the watched platforms, with their configs unless they are withheld.
  private func visible(_ snapshot: TagSnapshot) -> TagSnapshot {
    var images = snapshot.images.filter { image in image.platform.map(selection.contains) ?? true }
    guard withholdsConfigs else {
      return TagSnapshot(
        digest: snapshot.digest, mediaType: snapshot.mediaType, size: snapshot.size, images: images,
        documents: snapshot.documents, remarks: remarks)
    }
    for index in images.indices { images[index].config = nil }
    return TagSnapshot(
      digest: snapshot.digest, mediaType: snapshot.mediaType, size: snapshot.size, images: images,
      documents: snapshot.documents.filter { $0.mediaType != .ociConfig })
  }
}
