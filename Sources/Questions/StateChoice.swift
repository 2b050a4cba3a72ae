package import Answers
import Comparison
package import History
package import ImageModel

/// A state with what is needed to compare it.
package struct ComparedState {
  let side: DiffAnswer.Side
  let images: ComparedImages
  /// Its row; `nil` of what is recorded nowhere.
  let id: SnapshotID?

  /// A recorded one.
  fileprivate init(_ state: StoredSnapshot, of tag: TagReference, _ reader: HistoryReader, documentBytes: Int) throws {
    guard let documents = try reader.documents(of: state, limit: documentBytes) else {
      throw QuestionError(
        .usage,
        "the documents of this state are too large to be compared here (\(state.digest.short) of "
          + "\(tag.familiar.shown), more than \(Words.bytes(documentBytes))): ask 'watcher diff \(tag.familiar.shown)'")
    }
    side = DiffAnswer.Side(tag: tag, firstSeen: state.firstSeen, digest: state.digest)
    images = ComparedImages(
      state.images.map(\.asImage), index: state.mediaType.isIndex ? .some(documents[state.digest]) : nil,
      documents: documents)
    id = state.id
  }

  /// One that a registry has just shown.
  package init(_ resolution: Resolution, of tag: TagReference) {
    let snapshot = resolution.snapshot
    let documents = Dictionary(snapshot.documents.map { ($0.digest, $0) }) { first, _ in first }
    side = DiffAnswer.Side(tag: tag, firstSeen: nil, digest: snapshot.digest)
    images = ComparedImages(
      snapshot.images, index: snapshot.isSingle ? nil : .some(resolution.top), documents: documents)
    id = nil
  }
}

/// Which two states are compared: the newest with the one before, where nothing else is said; what a tag names now with
/// what the tag that is asked about does. Source: docs/reference.md, diff.
package struct StateChoice {
  package let tag: TagReference
  private let from: StateArgument?
  private let to: StateArgument
  private let now: Timestamp
  private let zone: TimeText
  private let reader: HistoryReader
  private let documentBytes: Int
  private let warn: (String) -> Void

  /// - Parameters:
  ///   - zone: of times in warnings.
  ///   - documentBytes: of a state that is compared, at most: all its documents are in memory at once.
  ///   - warn: is told where what is compared may not be what is meant.
  package init(
    tag: TagReference, from: StateArgument?, to: StateArgument?, now: Timestamp, zone: TimeText,
    in reader: HistoryReader, documentBytes: Int = .max, warn: @escaping (String) -> Void
  ) {
    (self.tag, self.now, self.zone, self.reader, self.warn) = (tag, now, zone, reader, warn)
    (self.from, self.to) = (from, to ?? .newest)
    self.documentBytes = documentBytes
  }

  /// What lies between the two.
  package func answer() throws -> DiffAnswer {
    let later = try later()
    return answer(from: try earlier(than: later), to: later)
  }

  package func answer(from earlier: ComparedState, to later: ComparedState) -> DiffAnswer {
    DiffAnswer(tag: tag, from: earlier.side, to: later.side, StateComparison(from: earlier.images, to: later.images))
  }

  /// Whether the later state is named by a tag.
  private var isOfATag: Bool { if case .tag = to.meaning { true } else { false } }

  /// Of which the later state is.
  package var laterTag: TagReference { if case .tag(let tag) = to.meaning { tag } else { tag } }

  package func later() throws -> ComparedState { try state(to, nil) }

  /// - Parameter later: the later state; `nil` where its registry is yet to be asked for that.
  package func earlier(than later: ComparedState?) throws -> ComparedState {
    try state(from ?? (later == nil || isOfATag ? .newest : .before), laterTag == tag ? later?.id : nil)
  }

  private func state(_ argument: StateArgument, _ later: SnapshotID?) throws -> ComparedState {
    switch argument.meaning {
    case .tag(let other): try state(argument, StateName(.newest), of: other, nil)
    case .state(let name): try state(argument, name, of: tag, name.back > 0 ? later : nil)
    }
  }

  private func state(
    _ argument: StateArgument, _ name: StateName, of tag: TagReference, _ later: SnapshotID?
  ) throws -> ComparedState {
    if case .digest(let prefix) = name.point {
      let digests = try reader.digests(prefix, of: tag, limit: DigestArgument.shown + 1)
      if digests.count > 1 { throw DigestArgument.ambiguous(prefix, digests, in: reader) }
    }
    guard let state = try reader.state(of: tag, name, from: later) else { throw try missing(argument, of: tag) }
    if case .at(let time) = name.point, name.back == 0 { try doubt(argument, state, of: tag, at: time) }
    return try ComparedState(state, of: tag, reader, documentBytes: documentBytes)
  }

  private func missing(_ argument: StateArgument, of tag: TagReference) throws -> QuestionError {
    guard try reader.unknown([tag]).isEmpty else {
      let error = try KnownTags.unknown([tag], in: reader)
      guard argument.isShortDigest else { return error }
      return QuestionError(
        error.status, "\(error.message); the beginning of a digest has \(DigestPrefix.shortest) digits or more")
    }
    let place = "\(argument.text.safe(limit: 100)) of \(tag.familiar.shown) in \(reader.path.shown)"
    guard let beginning = try reader.beginning(of: tag) else {
      return QuestionError(.notFound, "there is no such state (\(place)): nothing is recorded of this tag yet")
    }
    return QuestionError(
      .notFound,
      "there is no such state (\(place)): its history begins on \(zone(beginning)) \(zone.zone), and "
        + "'watcher history \(tag.familiar.shown)' lists the states that there are")
  }

  /// What was there at a time is known only if somebody looked before and after it.
  private func doubt(
    _ argument: StateArgument, _ state: StoredSnapshot, of tag: TagReference, at time: Timestamp
  ) throws {
    let at = "\(zone(time)) \(zone.zone)"
    if time > now {
      let text = argument.text.safe(limit: 100)
      return warn("\(text) lies in the future (\(at)): the newest state is compared; look at the time")
    }
    if time > state.lastSeen, state.ended == .deleted {
      return warn("at \(at) the tag was deleted; its state of before is compared (\(tag.familiar.shown))")
    }
    guard let gap = try reader.gap(of: state, at: time) else { return }
    warn(
      "what the tag named at \(at) was not seen (\(tag.familiar.shown)): nobody looked between "
        + "\(zone(gap.from)) and \(zone(gap.to)); its state of before is compared")
  }
}
