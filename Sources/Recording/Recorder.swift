import FoundationEssentials
package import History
package import ImageModel

/// Turns a result into rows: decides what it means beside what is recorded, and writes that down. Within one
/// transaction, so that what it compares with is what it writes beside, and a crash leaves all of it or nothing.
package struct Recorder: Sendable {
  /// Who is sent events, and which.
  package struct Subscriber: Sendable {
    package let sink: String
    /// `nil`: the types that are on by default.
    package let events: EventPatterns?

    package init(sink: String, events: EventPatterns?) {
      self.sink = sink
      self.events = events
    }
  }

  let subscribers: [Subscriber]
  /// Makes event ids: unique, without a dot.
  let makeID: @Sendable () -> String

  package init(
    _ subscribers: [Subscriber], makeID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
  ) {
    self.subscribers = subscribers
    self.makeID = makeID
  }

  package func record(_ requests: [RecordRequest], in store: HistoryTransaction) throws -> [Record] {
    try requests.map { try record($0, in: store) }
  }

  package func record(_ request: RecordRequest, in store: HistoryTransaction) throws -> Record {
    // It may have been forgotten since it was polled.
    guard let row = try store.tag(request.watched.tag), row.id == request.tagID else {
      return Record(unrecorded: request)
    }
    guard request.isOnRecord(row) else {
      try store.removeUnknown(row.id)
      return Record(unrecorded: request)
    }
    return try apply(try decide(request, StoredPast(store: store, row: row)), to: request, in: store)
  }

  /// What a request means, by what is recorded and nothing else but the ids that events get.
  ///
  /// - Throws: what reading the past does.
  package func decide(_ request: RecordRequest, _ past: some TagPast) throws -> Decision {
    var decider = try Decider(request, past, self)
    try decider.decide()
    return decider.decision
  }

  /// Writes a decision down. Nothing is decided here.
  private func apply(_ decision: Decision, to request: RecordRequest, in store: HistoryTransaction) throws -> Record {
    let tag = request.tagID
    try store.insertDocuments(decision.documents)
    if let gap = decision.gap { try store.insertGap(tag: tag, gap) }
    var begun: SnapshotID?
    switch decision.change {
    case .nothing: break
    case .confirm: try store.confirmSnapshot(tag: tag, at: request.at)
    case .update(let id, let images):
      try store.updateImages(snapshot: id, images: images)
      try store.confirmSnapshot(tag: tag, at: request.at)
    case .begin(let snapshot, let classes):
      begun = try store.insertSnapshot(tag: tag, snapshot: snapshot, classes: classes, at: request.at)
    case .end: try store.endSnapshot(tag: tag)
    }
    func id(_ state: Decision.State?) -> SnapshotID? {
      switch state {
      case .recorded(let id): id
      case .begun: begun
      case nil: nil
      }
    }
    let events = try decision.events.map { decided in
      let (event, sinks) = (decided.event, decided.sinks)
      let frozen = try store.appendEvent(event, tag: tag, snapshot: id(decided.announces), sinks: sinks)
      return RecordedEvent(
        event.type, sequence: frozen.sequence, body: frozen.body, sinks: sinks,
        isRollback: event.rollback?.isEmpty == false)
    }
    var state = decision.state
    state.announcedSnapshot = id(decision.announced)
    try store.updateState(tag, state)
    return Record(
      index: request.index, tag: request.watched.tag, isWatched: request.watched.isListed, unmetPin: decision.unmetPin,
      snapshot: id(decision.current),
      state: state, outcome: request.finding.isCheck ? decision.outcome : nil, isWithheld: decision.isWithheld,
      events: events, remarks: decision.remarks, noPlatform: decision.noPlatform)
  }
}
