import Answers
import Comparison
import History
import ImageModel

/// A state with what is needed to compare it.
struct ComparedState {
  let side: DiffAnswer.Side
  let images: [ComparedImage]
  let isSingle: Bool
  /// Its row; `nil` of what is recorded nowhere.
  let id: SnapshotID?

  /// A recorded one.
  init(_ state: StoredSnapshot, of tag: TagReference, _ reader: HistoryReader) throws(StoreError) {
    let documents = try reader.documents(of: state)
    side = DiffAnswer.Side(tag: tag, firstSeen: state.firstSeen, digest: state.digest)
    images = state.images.map { ComparedImage($0.asImage, documents: documents) }
    isSingle = !state.mediaType.isIndex
    id = state.id
  }

  /// One that a registry has just shown.
  init(_ snapshot: TagSnapshot, of tag: TagReference) {
    let documents = Dictionary(snapshot.documents.map { ($0.digest, $0) }) { first, _ in first }
    side = DiffAnswer.Side(tag: tag, firstSeen: nil, digest: snapshot.digest)
    images = snapshot.images.map { ComparedImage($0, documents: documents) }
    isSingle = snapshot.isSingle
    id = nil
  }
}

/// Which two states are compared. Source: docs/reference.md, diff.
struct StateChoice {
  let tag: TagReference
  private let from: StateArgument?
  private let to: StateArgument?

  /// A second tag alone is the later one.
  init(tag: TagReference, from: StateArgument?, to: StateArgument?) {
    self.tag = tag
    if to == nil, case .tag = from {
      (self.from, self.to) = (.state(StateName(.newest)), from)
    } else {
      (self.from, self.to) = (from, to)
    }
  }

  /// Of which the later state is.
  var laterTag: TagReference { if case .tag(let tag)? = to { tag } else { tag } }

  /// - Parameter warn: told what nobody saw.
  func later(_ reader: HistoryReader, _ warn: (String) -> Void) throws -> ComparedState {
    guard case .state(let name)? = to else { return try state(StateName(.newest), of: laterTag, nil, reader, warn) }
    return try state(name, of: tag, nil, reader, warn)
  }

  func earlier(
    _ reader: HistoryReader, than later: ComparedState, _ warn: (String) -> Void
  ) throws -> ComparedState {
    switch from {
    case .tag(let other)?: return try state(StateName(.newest), of: other, nil, reader, warn)
    case .state(let name)?:
      // `^` is the one before the later one, if that is a state of the same tag.
      return try state(name, of: tag, name.back > 0 && laterTag == tag ? later.id : nil, reader, warn)
    case nil where later.id == nil: return try state(StateName(.newest), of: tag, nil, reader, warn)
    case nil: return try state(StateName(.newest, back: 1), of: tag, later.id, reader, warn)
    }
  }

  private func state(
    _ name: StateName, of tag: TagReference, _ later: SnapshotID?, _ reader: HistoryReader, _ warn: (String) -> Void
  ) throws -> ComparedState {
    guard let state = try reader.state(of: tag, name, from: later) else {
      guard try reader.unknown([tag]).isEmpty else { throw try KnownTags.unknown(tag, in: reader) }
      throw CommandError(
        .notFound,
        "there is no such state (\(tag.familiar.shown) in \(reader.path.shown)): "
          + "'watcher history \(tag.familiar.shown)' lists those that there are")
    }
    if case .at(let time) = name.point, name.back == 0 {
      try warnOfGap(state, of: tag, at: time, reader, warn)
    }
    return try ComparedState(state, of: tag, reader)
  }

  /// What was there at a time is known only if somebody looked before and after it.
  private func warnOfGap(
    _ state: StoredSnapshot, of tag: TagReference, at time: Timestamp, _ reader: HistoryReader,
    _ warn: (String) -> Void
  ) throws {
    guard time > state.lastSeen else { return }
    let zone = TimeText(isLocal: false)
    if state.ended == .deleted {
      return warn("at \(zone(time)) UTC the tag was deleted; its state of before is compared (\(tag.familiar.shown))")
    }
    let interval = try reader.record(of: tag)?.intervalSeconds ?? 0
    guard let end = try reader.end(of: state, of: tag),
      ObservationGap.isLong(from: state.lastSeen, to: end, intervalSeconds: interval)
    else { return }
    warn(
      "what the tag named at \(zone(time)) UTC was not seen (\(tag.familiar.shown)): nobody looked between "
        + "\(zone(state.lastSeen)) and \(zone(end)); its state of before is compared")
  }
}
