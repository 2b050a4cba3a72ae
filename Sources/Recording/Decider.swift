import Documents
import Drift
import History
import ImageModel

/// Decides one request. Reads the past and changes nothing but itself.
struct Decider {
  private let request: RecordRequest
  private let past: any TagPast
  private let recorder: Recorder
  /// The newest state, as it was.
  private let stored: StoredSnapshot?
  /// The tag's row, as it was: an earlier result of the same tag may have been written since it was polled.
  private let before: TagState
  private var flaps: FlapGate
  private(set) var decision: Decision

  init(_ request: RecordRequest, _ past: any TagPast, _ recorder: Recorder) throws {
    self.request = request
    self.past = past
    self.recorder = recorder
    stored = try past.latest()
    before = try past.state()
    flaps = before.flaps
    decision = Decision(state: before)
    decision.current = stored.flatMap { $0.ended == nil ? .recorded($0.id) : nil }
    decision.announced = before.announcedSnapshot.map { .recorded($0) }
    decision.state.announcedSnapshot = nil
    if decision.current == nil { decision.state.headDigest = nil }
  }

  mutating func decide() throws {
    if request.finding.isSight, let stored, stored.ended == nil {
      decision.gap = ObservationGap(
        from: stored.lastSeen, to: request.at, intervalSeconds: request.watched.intervalSeconds)
    }
    if let change = request.change {
      decision.outcome = .changed
      announce(reachabilityEvent(change), of: nil)
    }
    switch request.finding {
    case .moved(let moved, let documents):
      decision.documents = documents
      try moves(to: moved)
    case .found(let snapshot, let head):
      decision.state.headDigest = head
      decision.state.verified = request.at
      if let pinned = request.watched.pinned, stored == nil, pinned != snapshot.digest { decision.unmetPin = pinned }
      try found(snapshot)
    case .confirmed:
      if stored != nil { decision.change = .confirm }
      try settleFlaps()
    case .failed(let failure):
      decision.outcome = .failed(failure)
      if case .deleted = request.change { end() }
    case .overdue:
      break
    }
    decideRow()
  }

  /// Everything else about the tag that goes into its row.
  private mutating func decideRow() {
    if request.finding.isSight { decision.state.moved = nil }
    decision.state.take(request.reachability)
    decision.state.lastChecked = request.finding.isCheck ? request.at : request.lastChecked
    decision.state.nextCheck = request.nextCheck
    decision.state.withheld = flaps.withheld
    decision.state.lastMove = flaps.lastMove
  }

  // MARK: Content

  /// The tag has moved, as its registry says; to what, nobody has seen. Told once for each digest in a row, and as
  /// sparingly as any move.
  private mutating func moves(to moved: MovedTag) throws {
    guard let stored, stored.ended == nil else {
      decision.outcome = .failed(
        CheckFailure(.pullLimited, "its registry allows no pull now", remedy: "wait, or log in for a higher limit"))
      decision.state.moved = before.moved?.to == moved ? before.moved : PendingMove(to: moved, since: request.at)
      return
    }
    guard before.moved?.to.digest != moved.digest else { return }
    decision.state.moved = PendingMove(to: moved, since: request.at)
    decision.outcome = .changed
    let told = try past.announcements(.tagMoved, since: request.at.advanced(bySeconds: -3600), until: request.at)
    guard stored.digest != moved.digest, told < Limits.announcementsPerHour else { return }
    var event = newEvent(.tagMoved)
    event.current = .init(digest: moved.digest, mediaType: moved.mediaType)
    event.previous = stored.previousState
    event.notBefore = min(max(stored.lastSeen, before.moved?.since ?? stored.lastSeen), request.at)
    announce(event, of: nil)
  }

  private mutating func found(_ current: TagSnapshot) throws {
    let selection = request.watched.selection
    let previous = try stored.map { try recordedState($0, beside: current) }
    let change = try Drift.content(
      previous: previous, current: current, selection: selection, past: past(before: stored))
    decision.state.walked = selection
    decision.state.detailsPending = current.images.contains { $0.imageID != nil && $0.config == nil }
    decision.remarks = current.remarks
    if selection != .all, current.images.isEmpty, before.walked != selection {
      decision.noPlatform = NoPlatform(wanted: selection.named, there: current.otherPlatforms)
    }
    decision.documents = current.documents
    if let stored, stored.ended == nil, stored.digest == current.digest {
      decision.change = .update(stored.id, merged(current.images, with: stored))
      return try settleFlaps()
    }
    decision.change = .begin(current, classes: classes(of: current, change))
    decision.current = .begun
    guard let change else { return }
    guard let passed = try admit(change) else {
      decision.isWithheld = true
      decision.outcome = .changed
      return
    }
    var event = contentEvent(change, current: current, previous: stored?.previousState)
    if passed > 0 { event.flaps = passed }
    if let stored {
      event.also = try past.companions(at: current.digest, after: stored.lastSeen, until: request.at)
    }
    announce(event, of: .begun)
    if change.type == .tagFirstSeen {
      decision.outcome = .firstSeen
    } else if change.type.isOnByDefault {
      decision.outcome = .changed
    }
    if change.type.isMove || flaps.withheld == 0 { decision.announced = .begun }
  }

  /// Whether a move may be announced now. A tag that moves to and fro is recorded in full and announced sparingly.
  ///
  /// - Returns: how many moves before it were withheld; `nil` to withhold this one.
  private mutating func admit(_ change: ContentChange) throws -> Int? {
    guard change.type.isMove else { return 0 }
    guard change.isReturn else { return flaps.pass(at: request.at) }
    return flaps.admit(at: request.at, announcedInLastHour: try announcedInLastHour()) ? 0 : nil
  }

  /// When an image or artifact was the tag's last, before this state.
  private func past(before state: StoredSnapshot?) -> (Platform?, Digest) throws -> PastUse? {
    { [past] platform, identity in
      guard let state else { return nil }
      return try past.lastUse(platform: platform, identity: identity, before: state.id)
    }
  }

  private func announcedInLastHour() throws -> Int {
    try EventType.allCases.filter(\.isMove).reduce(0) { count, type in
      try count + past.announcements(type, since: request.at.advanced(bySeconds: -3600), until: request.at)
    }
  }

  /// Once a tag that moved to and fro has been quiet: one event from the state last announced to the present one.
  private mutating func settleFlaps() throws {
    guard flaps.withheld > 0, let latest = stored,
      let moves = flaps.settle(at: request.at, announcedInLastHour: try announcedInLastHour())
    else { return }
    let base = try before.announcedSnapshot.flatMap { try past.snapshot($0) }
    let current = TagSnapshot(
      digest: latest.digest, mediaType: latest.mediaType, size: latest.size,
      images: try detailed(latest.images, beside: []), documents: [])
    let announced = try base.map { try recordedState($0, beside: current) }
    let change = try Drift.content(
      previous: announced, current: current, selection: request.watched.selection, past: past(before: latest))
    // It may stand where it stood when it was announced last.
    let images = latest.images + (base?.images ?? [])
    let isImage = images.isEmpty || images.contains { $0.imageID != nil }
    var event = contentEvent(
      ContentChange(
        type: isImage ? .imageChanged : .artifactChanged, changes: change?.changes ?? [], rollback: change?.rollback),
      current: current, previous: base?.previousState)
    event.flaps = moves
    // It was seen when its snapshot began, long before this.
    event.notAfter = latest.firstSeen
    announce(event, of: .recorded(latest.id))
    decision.outcome = .changed
    decision.announced = .recorded(latest.id)
  }

  /// The stored state with the details that comparing needs. Platforms that were no longer watched when it was
  /// recorded last are part of the history, not of what is compared.
  private func recordedState(_ stored: StoredSnapshot, beside current: TagSnapshot) throws -> RecordedState {
    let selection = before.walked ?? request.watched.selection
    let watched = stored.images.filter { image in
      !stored.mediaType.isIndex || image.platform.map(selection.contains) ?? true
    }
    var images = try detailed(watched, beside: current.images)
    let names = try DigestNames(from: stored, to: current, stored: document)
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
  private func detailed(_ rows: [StoredImage], beside known: [PlatformImage]) throws -> [PlatformImage] {
    try rows.map { row in
      var image = row.asImage
      image.layers =
        try known.first { $0.manifest == image.manifest }?.layers
        ?? document(image.manifest).flatMap(ImageDocuments.layers(ofManifest:)) ?? []
      if let id = image.imageID {
        image.config =
          try known.first { $0.imageID == id }?.config ?? document(id).flatMap(ImageDocuments.config(_:))
          ?? image.config
      }
      return image
    }
  }

  /// A stored document, or one that will be.
  private func document(_ digest: Digest) throws -> Document? {
    try past.document(digest) ?? decision.documents.first { $0.digest == digest }
  }

  /// The images of an unmoved tag: those seen now, and those of platforms that are no longer watched, which stand for
  /// nothing else any more.
  private func merged(_ images: [PlatformImage], with stored: StoredSnapshot) -> [PlatformImage] {
    guard images.count != 1 || images[0].platform != nil else { return images }
    let present = Set(images.map(\.manifest))
    let others = stored.images.map { row in
      var image = row.asImage
      (image.platform, image.found) = (row.found ?? row.platform, nil)
      return image
    }
    return images + others.filter { !present.contains($0.manifest) }
  }

  private func classes(of current: TagSnapshot, _ change: ContentChange?) -> [ChangeClass?] {
    current.images.map { image in
      change?.changes.first { $0.current?.manifest == image.manifest && $0.platform == image.platform }?.changeClass
    }
  }

  /// The tag is gone: its state ends, and whatever comes back starts a new one.
  private mutating func end() {
    if stored != nil { decision.change = .end }
    decision.current = nil
    decision.state.headDigest = nil
  }

  // MARK: Events

  private mutating func announce(_ event: ChangeEvent, of state: Decision.State?) {
    let sinks = recorder.subscribers.filter {
      EventPatterns.select(event.type, by: $0.events) && request.watched.sinks.contains($0.sink)
    }
    decision.events.append(.init(event: event, announces: state, sinks: sinks.map(\.sink)))
  }

  private func contentEvent(
    _ change: ContentChange, current: TagSnapshot, previous: ChangeEvent.PreviousState?
  ) -> ChangeEvent {
    var event = newEvent(change.type)
    event.current = .init(digest: current.digest, mediaType: current.mediaType)
    event.previous = previous
    event.changes = change.changes
    event.rollback = change.rollback
    event.notBefore = previous.map { min($0.lastSeen, request.at) }
    if let moved = before.moved, moved.to.digest == current.digest { event.notAfter = min(moved.since, request.at) }
    return event
  }

  private func reachabilityEvent(_ change: ReachabilityChange) -> ChangeEvent {
    var event = newEvent(change.type)
    event.notBefore = stored.map { min($0.lastSeen, request.at) }
    let last = stored.map { ChangeEvent.PresentState(digest: $0.digest, mediaType: $0.mediaType) }
    var now = last
    switch request.finding {
    case .found(let snapshot, _): now = .init(digest: snapshot.digest, mediaType: snapshot.mediaType)
    case .moved(let moved, _): now = .init(digest: moved.digest, mediaType: moved.mediaType)
    case .confirmed, .failed, .overdue: break
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

  private func newEvent(_ type: EventType) -> ChangeEvent {
    var event = ChangeEvent(
      id: recorder.makeID(), type: type, tag: request.watched.tag, time: request.at, notAfter: request.at)
    event.labels = request.watched.labels
    if request.watched.isGiven { event.entry = request.watched.tag.repository }
    return event
  }
}
