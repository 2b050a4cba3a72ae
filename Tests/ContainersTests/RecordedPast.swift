import History
import ImageModel
import TestSupport

/// A tag's history in a database, a state each minute.
final class RecordedPast {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private var database: String { directory.path + "/watcher.db" }
  /// Of what comes next.
  private(set) var minute = 0

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  deinit { writer.close() }

  func reader() throws -> HistoryReader { try HistoryReader.open(database) }

  func time(_ minute: Int) -> Timestamp { Timestamp(milliseconds: 1_700_000_000_000 + Int64(minute) * 60_000) }

  // MARK: Images

  private func digest(_ kind: UInt8, _ seed: UInt8) -> Digest {
    Digest(.sha256, bytes: [kind, seed] + [UInt8](repeating: seed, count: 30))
  }

  func top(_ seed: UInt8) -> Digest { digest(0, seed) }
  func id(_ seed: UInt8, _ platform: Platform) -> Digest { digest(platform == Samples.amd64 ? 1 : 2, seed) }
  func manifest(_ seed: UInt8, _ platform: Platform) -> Digest { digest(platform == Samples.amd64 ? 3 : 4, seed) }

  /// - Parameter seeds: of the image of each platform.
  func snapshot(_ seed: UInt8, _ seeds: [Platform: UInt8] = [:], without left: Platform? = nil) -> TagSnapshot {
    let images = [Samples.amd64, Samples.arm64].filter { $0 != left }.map { platform in
      let image = seeds[platform] ?? seed
      return PlatformImage(
        platform: platform, manifest: manifest(image, platform), manifestSize: 1_000, imageID: id(image, platform),
        configSize: 500, layers: [], config: nil)
    }
    return TagSnapshot(digest: top(seed), mediaType: .ociIndex, size: 2_000, images: images, documents: [])
  }

  // MARK: What happens

  @discardableResult
  func watch(_ tag: TagReference) throws -> TagRecord {
    try writer.transactionSync { try $0.registerTags([WatchedTag(tag: tag, selection: .all, intervalSeconds: 900)])[0] }
  }

  /// - Parameters:
  ///   - change: how each platform changes; `nil` at first.
  ///   - back: in which minute its image had been current last.
  ///   - kept: a platform whose image stays that of another state.
  ///   - left: a platform that is there no more; it is told only where it was watched.
  func move(
    to seed: UInt8, _ change: ChangeClass?, tag: TagReference = Samples.tag, back: Int? = nil,
    keeping kept: Platform? = nil,
    of old: UInt8 = 0, without left: (platform: Platform, wasWatched: Bool)? = nil
  ) throws {
    let (now, id) = (time(minute), "event-\(minute)")
    let snapshot = snapshot(seed, kept.map { [$0: old] } ?? [:], without: left?.platform)
    let classes = snapshot.images.map { $0.platform == kept ? nil : change ?? .added }
    let rollback = back.map { minute in
      [
        ChangeEvent.Rollback(
          platform: Samples.amd64, imageID: self.id(seed, Samples.amd64), lastCurrent: time(minute), digest: top(seed))
      ]
    }
    let record = try watch(tag)
    try writer.transactionSync { history in
      let row = try history.insertSnapshot(tag: record.id, snapshot: snapshot, classes: classes, at: now)
      let type: EventType = change == nil ? .tagFirstSeen : .imageChanged
      var event = ChangeEvent(id: id, type: type, tag: tag, time: now, notAfter: now)
      event.rollback = rollback
      event.changes = snapshot.images.map { image in
        PlatformChange(
          platform: image.platform, changeClass: change ?? .added, previous: nil, current: nil, layers: nil)
      }
      if let left, left.wasWatched {
        let was = PlatformChange.ImageState(
          manifest: manifest(old, left.platform), imageID: self.id(old, left.platform), created: nil)
        event.changes.append(
          PlatformChange(platform: left.platform, changeClass: .removed, previous: was, current: nil, layers: nil))
      }
      _ = try history.appendEvent(event, tag: record.id, snapshot: row, sinks: [])
    }
    minute += 1
  }

  /// What is not of two platforms.
  func move(to snapshot: TagSnapshot, _ change: ChangeClass?) throws {
    let (now, record) = (time(minute), try watch(Samples.tag))
    let event = ChangeEvent(
      id: "event-\(minute)", type: change == nil ? .tagFirstSeen : .imageChanged, tag: Samples.tag, time: now,
      notAfter: now)
    let classes = snapshot.images.map { _ in change ?? .added }
    try writer.transactionSync { history in
      let row = try history.insertSnapshot(tag: record.id, snapshot: snapshot, classes: classes, at: now)
      _ = try history.appendEvent(event, tag: record.id, snapshot: row, sinks: [])
    }
    minute += 1
  }

  /// The registry names another document, and does not let it be had.
  func announceMove(to seed: UInt8) throws {
    let record = try watch(Samples.tag)
    var state = record.state
    state.moved = PendingMove(to: MovedTag(digest: top(seed), mediaType: .ociIndex), since: time(minute))
    let moved = state
    try writer.transactionSync { try $0.updateState(record.id, moved) }
  }

  /// - Parameter minutes: by so many the clock has been set back.
  func delete(clockBack minutes: Int = 0) throws {
    let (now, id) = (time(minute - minutes), "event-\(minute)")
    let record = try watch(Samples.tag)
    try writer.transactionSync { history in
      try history.endSnapshot(tag: record.id)
      let event = ChangeEvent(id: id, type: .tagDeleted, tag: Samples.tag, time: now, notAfter: now)
      _ = try history.appendEvent(event, tag: record.id, snapshot: nil, sinks: [])
    }
    minute += 1
  }
}
