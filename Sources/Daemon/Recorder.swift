import Config
import Drift
import FoundationEssentials
import History
import ImageModel
import Registry

/// Turns a result into rows: compares it with the last recorded state, and writes snapshot, documents, event
/// and deliveries. Runs inside one transaction, so that what it compares with is what it writes beside, and a
/// crash leaves all of it or nothing.
struct Recorder: Sendable {
  let sinks: [SinkSettings]
  /// Makes event ids: unique, without a dot.
  var makeID: @Sendable () -> String = { UUID().uuidString.lowercased() }

  func record(_ request: RecordRequest, in store: HistoryTransaction) throws -> Record {
    let stored = try store.latestSnapshot(tag: request.entry.id)
    // The tag's row, not the request: an earlier result of the same tag may have been written since.
    let before = try store.tag(request.entry.entry.tag)?.state ?? TagState()
    var step = Step(request: request, stored: stored, before: before)
    if let change = request.change {
      step.outcome = .changed
      step.events.append(try append(reachabilityEvent(change, request, stored), nil, step, store))
    }
    switch request.finding {
    case .found(let snapshot, let head):
      step.head = head
      step.verified = request.at
      try recordFound(snapshot, &step, store)
    case .confirmed:
      if stored != nil { try store.confirmSnapshot(tag: request.entry.id, at: request.at) }
      try settleFlaps(&step, store)
    case .failed(let failure):
      step.outcome = .failed(failure)
      if case .deleted = request.change { try end(stored, &step, store) }
    case .overdue:
      break
    }
    try store.updateState(request.entry.id, step.state)
    return step.record
  }

  // MARK: Content

  private func recordFound(_ current: TagSnapshot, _ step: inout Step, _ store: HistoryTransaction) throws {
    let request = step.request
    let selection = request.entry.entry.selection
    let previous = try step.stored.map { try recordedState($0, beside: current, step, store) }
    let change = try Drift.content(
      previous: previous, current: current, selection: selection, past: past(of: request, before: step.stored, store))
    step.walked = selection
    step.remarks = current.remarks
    step.detailsPending = current.images.contains { $0.imageID != nil && $0.config == nil }
    try store.insertDocuments(current.documents)
    if let stored = step.stored, stored.ended == nil, stored.digest == current.digest {
      try store.updateImages(snapshot: stored.id, images: merged(current.images, with: stored))
      try store.confirmSnapshot(tag: request.entry.id, at: request.at)
      return try settleFlaps(&step, store)
    }
    let id = try store.insertSnapshot(
      tag: request.entry.id, snapshot: current, classes: classes(of: current, change), at: request.at)
    step.snapshot = id
    guard let change else { return }
    guard let passed = try admit(change, &step, store) else {
      step.isWithheld = true
      step.outcome = .changed
      return
    }
    var event = contentEvent(change, request, current: current, previous: step.stored.map(\.previousState))
    if passed > 0 { event.flaps = passed }
    step.events.append(try append(event, id, step, store))
    if change.type == .tagFirstSeen {
      step.outcome = .firstSeen
    } else if change.type.isOnByDefault {
      step.outcome = .changed
    }
    if change.type.isMove || step.flaps.withheld == 0 { step.announcedSnapshot = id }
  }

  /// Whether a move may be announced now. A tag that moves to and fro is recorded in full and told of sparingly.
  ///
  /// - Returns: how many moves before it were withheld; `nil` to withhold this one.
  private func admit(_ change: ContentChange, _ step: inout Step, _ store: HistoryTransaction) throws -> Int? {
    guard change.type.isMove else { return 0 }
    guard change.isReturn else { return step.flaps.pass(at: step.request.at) }
    let isAdmitted = step.flaps.admit(
      at: step.request.at, announcedInLastHour: try announced(step.request, store))
    return isAdmitted ? 0 : nil
  }

  /// When an image or artifact was the tag's last, before this state.
  private func past(
    of request: RecordRequest, before state: StoredSnapshot?, _ store: HistoryTransaction
  ) -> (Platform?, Digest) throws -> PastUse? {
    { platform, identity in
      guard let state else { return nil }
      return try store.lastUse(tag: request.entry.id, platform: platform, identity: identity, before: state.id)
        .map { PastUse(lastCurrent: $0.lastSeen, digest: $0.digest) }
    }
  }

  private func announced(_ request: RecordRequest, _ store: HistoryTransaction) throws -> Int {
    try EventType.allCases.filter(\.isMove).reduce(0) { count, type in
      try count
        + store.announcements(
          tag: request.entry.id, type: type, since: request.at.advanced(bySeconds: -3600), until: request.at)
    }
  }

  /// Once a tag that moved to and fro has been quiet: one event from the state last told to the present one.
  private func settleFlaps(_ step: inout Step, _ store: HistoryTransaction) throws {
    guard step.flaps.withheld > 0, let latest = step.stored,
      let moves = step.flaps.settle(
        at: step.request.at, announcedInLastHour: try announced(step.request, store))
    else { return }
    let base = try step.announcedSnapshot.flatMap { try store.snapshot($0, tag: step.request.entry.id) }
    let current = TagSnapshot(
      digest: latest.digest, mediaType: latest.mediaType, size: latest.size,
      images: try detailed(latest.images, beside: [], store), documents: [])
    let told = try base.map { try recordedState($0, beside: current, step, store) }
    let change = try Drift.content(
      previous: told, current: current, selection: step.request.entry.entry.selection,
      past: past(of: step.request, before: latest, store))
    // It may stand where it stood when it was told of last.
    let images = latest.images + (base?.images ?? [])
    let isImage = images.isEmpty || images.contains { $0.imageID != nil }
    var event = contentEvent(
      ContentChange(
        type: isImage ? .imageChanged : .artifactChanged, changes: change?.changes ?? [],
        rollback: change?.rollback),
      step.request,
      current: current, previous: base?.previousState)
    event.flaps = moves
    // It was seen when its snapshot began, long before this.
    event.notAfter = latest.firstSeen
    step.events.append(try append(event, latest.id, step, store))
    step.outcome = .changed
    step.announcedSnapshot = latest.id
  }

  /// The stored state with the details that comparing needs. Platforms that were no longer watched when it was
  /// recorded last are part of the history, not of what is compared.
  private func recordedState(
    _ stored: StoredSnapshot, beside current: TagSnapshot, _ step: Step, _ store: HistoryTransaction
  ) throws -> RecordedState {
    let selection = step.before.walked ?? step.request.entry.entry.selection
    let watched = stored.images.filter { image in
      !stored.mediaType.isIndex || image.platform.map(selection.contains) ?? true
    }
    var images = try detailed(watched, beside: current.images, store)
    let names = try DigestNames(from: stored, to: current, stored: store.document)
    for index in images.indices {
      images[index].manifest = names.name(images[index].manifest)
      images[index].imageID = images[index].imageID.map(names.name)
    }
    return RecordedState(
      digest: names.name(stored.digest), mediaType: stored.mediaType, images: images, firstSeen: stored.firstSeen,
      lastSeen: stored.lastSeen, selection: selection)
  }

  /// Stored images with layers and configs, from `known` where the same documents are at hand, else from the
  /// stored ones.
  private func detailed(
    _ rows: [StoredImage], beside known: [PlatformImage], _ store: HistoryTransaction
  ) throws -> [PlatformImage] {
    try rows.map { row in
      var image = row.asImage
      image.layers =
        try known.first { $0.manifest == image.manifest }?.layers
        ?? store.document(image.manifest).flatMap(ImageDocuments.layers(ofManifest:)) ?? []
      if let id = image.imageID {
        image.config =
          try known.first { $0.imageID == id }?.config ?? store.document(id).flatMap(ImageDocuments.config(_:))
          ?? image.config
      }
      return image
    }
  }

  /// The images of an unmoved tag: those seen now, and those of platforms that are no longer watched.
  private func merged(_ images: [PlatformImage], with stored: StoredSnapshot) -> [PlatformImage] {
    guard images.count != 1 || images[0].platform != nil else { return images }
    let present = Set(images.map(\.manifest))
    return images + stored.images.map(\.asImage).filter { !present.contains($0.manifest) }
  }

  private func classes(of current: TagSnapshot, _ change: ContentChange?) -> [ChangeClass?] {
    current.images.map { image in
      change?.changes.first { $0.current?.manifest == image.manifest && $0.platform == image.platform }?.changeClass
    }
  }

  /// The tag is gone: its state ends, and whatever comes back starts a new one.
  private func end(_ stored: StoredSnapshot?, _ step: inout Step, _ store: HistoryTransaction) throws {
    if stored != nil { try store.endSnapshot(tag: step.request.entry.id) }
    step.snapshot = nil
    step.head = nil
  }

  // MARK: Events

  private func contentEvent(
    _ change: ContentChange, _ request: RecordRequest, current: TagSnapshot, previous: ChangeEvent.PreviousState?
  ) -> ChangeEvent {
    var event = newEvent(change.type, request)
    event.current = .init(digest: current.digest, mediaType: current.mediaType)
    event.previous = previous
    event.changes = change.changes
    event.rollback = change.rollback
    event.notBefore = previous.map { min($0.lastSeen, request.at) }
    return event
  }

  private func reachabilityEvent(
    _ change: ReachabilityChange, _ request: RecordRequest, _ stored: StoredSnapshot?
  ) -> ChangeEvent {
    var event = newEvent(change.type, request)
    event.notBefore = stored.map { min($0.lastSeen, request.at) }
    let last = stored.map { ChangeEvent.TopDocument(digest: $0.digest, mediaType: $0.mediaType) }
    var now = last
    if case .found(let snapshot, _) = request.finding {
      now = .init(digest: snapshot.digest, mediaType: snapshot.mediaType)
    }
    switch change {
    case .deleted(let missingSince):
      event.previous = stored?.previousState
      event.notBefore = event.notBefore.map { min($0, missingSince) }
      event.notAfter = missingSince
    case .restored:
      event.previous = stored?.previousState
      event.current = now
    case .unreachable(let failingSince, let failure):
      event.current = last
      event.failure = failure
      event.failingSince = failingSince
    case .recovered(let failingSince):
      event.current = now
      event.failingSince = failingSince
    }
    return event
  }

  private func newEvent(_ type: EventType, _ request: RecordRequest) -> ChangeEvent {
    var event = ChangeEvent(
      id: makeID(), type: type, tag: request.entry.entry.tag, time: request.at, notAfter: request.at)
    event.labels = request.entry.entry.labels
    return event
  }

  private func append(
    _ event: ChangeEvent, _ snapshot: Int64?, _ step: Step, _ store: HistoryTransaction
  ) throws -> RecordedEvent {
    let entry = step.request.entry
    let sinks = self.sinks.filter { $0.wants(event.type) && entry.entry.sinks.contains($0.name) }.map(\.name)
    let frozen = try store.appendEvent(event, tag: entry.id, snapshot: snapshot, sinks: sinks)
    return RecordedEvent(
      event.type, sequence: frozen.sequence, body: frozen.body, sinks: sinks,
      isRollback: event.rollback?.isEmpty == false)
  }
}

/// What recording one request has come to so far.
private struct Step {
  let request: RecordRequest
  let stored: StoredSnapshot?
  /// The tag's row as it was.
  let before: TagState
  /// The current snapshot, `nil` before the first and after a deletion.
  var snapshot: Int64?
  var head: Digest?
  var detailsPending: Bool
  var verified: Timestamp?
  var walked: PlatformSelection?
  var flaps: FlapGate
  var announcedSnapshot: Int64?
  var outcome = CheckOutcome.unchanged
  /// The image moved and that is not announced now.
  var isWithheld = false
  var events: [RecordedEvent] = []
  var remarks: [String] = []

  init(request: RecordRequest, stored: StoredSnapshot?, before: TagState) {
    self.request = request
    self.stored = stored
    self.before = before
    snapshot = stored.flatMap { $0.ended == nil ? $0.id : nil }
    head = snapshot == nil ? nil : before.headDigest
    detailsPending = before.detailsPending
    verified = before.verified
    walked = before.walked
    flaps = before.flaps
    announcedSnapshot = before.announcedSnapshot
  }

  /// Everything about the tag that goes into its row.
  var state: TagState {
    let reachability = request.entry.reachability
    var state = TagState()
    state.walked = walked
    state.headDigest = head
    state.detailsPending = detailsPending
    state.verified = verified
    state.lastChecked = request.finding.isCheck ? request.at : request.entry.lastChecked
    state.lastSuccess = reachability.lastSuccess
    state.nextCheck = request.nextCheck
    state.reach = reachability.state.stored
    state.failures = reachability.failures
    state.failingSince = reachability.failingSince
    state.failure = reachability.failure
    state.missingSince = reachability.missingSince
    state.missingCount = reachability.missingCount
    state.withheld = flaps.withheld
    state.lastMove = flaps.lastMove
    state.announcedSnapshot = announcedSnapshot
    return state
  }

  private var unmetPin: Digest? {
    guard case .found(let current, _) = request.finding, stored == nil, let pinned = request.entry.entry.pinned
    else { return nil }
    return pinned == current.digest ? nil : pinned
  }

  var record: Record {
    Record(
      slot: request.slot, tag: request.entry.entry.tag, unmetPin: unmetPin, snapshot: snapshot, state: state,
      outcome: request.finding.isCheck ? outcome : nil, isWithheld: isWithheld, events: events,
      remarks: remarks)
  }
}
