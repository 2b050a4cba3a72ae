import ImageModel

/// What a registry answered for one tag, as a person would write it down who reads every answer: what queries say of
/// the tag is judged by it. Nothing here is taken from the program but its values.
struct TagChronicle {
  enum Answer {
    case names(TagSnapshot)
    case missing
    case nothing
  }

  /// A state of the tag, from the first look at it to the last.
  struct State {
    let snapshot: TagSnapshot
    let first: Timestamp
    var last: Timestamp
    /// For how long nobody saw it, or what followed it.
    var gaps: [(from: Timestamp, to: Timestamp)] = []
    /// When it was known that the tag was gone.
    var deleted: Timestamp?
    let event: EventType?

    /// The images of a platform, or all.
    func images(_ platform: Platform?) -> [PlatformImage] {
      snapshot.images.filter { platform == nil || $0.platform == nil || $0.platform == platform }
    }
  }

  let tag: TagReference
  let intervalSeconds: Int64
  private(set) var states: [State] = []
  /// Answers in a row that it is missing, and the first of them.
  private var missing: (count: Int, since: Timestamp)?

  init(_ tag: TagReference, intervalSeconds: Int) {
    self.tag = tag
    self.intervalSeconds = Int64(intervalSeconds)
  }

  /// The tag is missing, and may be deleted soon.
  var isDoubtful: Bool { missing != nil && names != nil }

  /// What the tag names, as far as was seen.
  var names: State? { states.last.flatMap { $0.deleted == nil ? $0 : nil } }

  mutating func note(_ answer: Answer, at now: Timestamp) {
    switch answer {
    case .nothing: missing = nil
    case .missing: isMissing(at: now)
    case .names(let snapshot):
      missing = nil
      see(snapshot, at: now)
    }
  }

  private mutating func see(_ snapshot: TagSnapshot, at now: Timestamp) {
    guard let known = names else {
      return states.append(
        State(snapshot: snapshot, first: now, last: now, event: .between(states.last?.snapshot, snapshot)))
    }
    let latest = states.count - 1
    let seconds = (now.milliseconds - known.last.milliseconds) / 1_000
    if seconds > 3 * intervalSeconds, seconds > 600 { states[latest].gaps.append((known.last, now)) }
    if known.snapshot.digest == snapshot.digest {
      states[latest].last = max(known.last, now)
    } else {
      states.append(
        State(snapshot: snapshot, first: now, last: now, event: .between(known.snapshot, snapshot)))
    }
  }

  /// Three answers in a row over half an hour: docs/decisions/0003-what-a-deletion-is.md.
  private mutating func isMissing(at now: Timestamp) {
    let (count, since) = missing ?? (0, now)
    missing = (count + 1, since)
    guard names != nil, count + 1 >= 3, now.milliseconds - since.milliseconds >= 1_800_000 else { return }
    states[states.count - 1].deleted = now
  }
}

extension EventType {
  /// What is told of two states that follow each other; `nil` of the same one again. Of one platform twice the order is
  /// nothing: sets are compared.
  static func between(_ old: TagSnapshot?, _ new: TagSnapshot) -> EventType? {
    guard let old else { return .tagFirstSeen }
    guard old.digest != new.digest else { return nil }
    let (before, after) = (old.byPlatform, new.byPlatform)
    let lasting = Set(before.keys).intersection(after.keys)
    let isMoved = lasting.contains { platform in
      Set((before[platform] ?? []).map(\.identity)) != Set((after[platform] ?? []).map(\.identity))
    }
    if isMoved { return new.images.allSatisfy { $0.imageID == nil } ? .artifactChanged : .imageChanged }
    if after.count > lasting.count { return .platformAdded }
    if before.count > lasting.count { return .platformRemoved }
    return Set(old.images.map(\.manifest)) == Set(new.images.map(\.manifest)) ? .indexChanged : .imageRepacked
  }
}

extension TagSnapshot {
  fileprivate var byPlatform: [Platform?: [PlatformImage]] { Dictionary(grouping: images, by: \.platform) }
}

extension PlatformImage {
  /// What it is told apart by.
  var identity: Digest { imageID ?? manifest }
}
