import Drift
import History
package import ImageModel
import Recording
package import Registry

/// What the daemon keeps in memory of one watched tag. Small: there may be a hundred thousand.
package struct TagSlot: Sendable {
  private(set) var entry: WatchEntry
  /// The tag's row in the store.
  let id: TagID
  /// The last check, whatever came of it, and the next one; for the store.
  var lastChecked: Timestamp?
  package var nextCheck: Timestamp
  /// The current snapshot's row, `nil` before the first observation.
  package var snapshot: SnapshotID?
  private var packedHead: PackedDigest?
  /// The next poll walks the documents even if HEAD says that nothing moved: platforms were added to the
  /// selection, or a config blob is still missing.
  package var mustWalk: Bool
  /// From when on a poll verifies what HEAD says.
  var verifyFrom: BootTime
  /// The poll under way, or the last one, was to verify.
  var isVerifying = false
  /// Of its reachability, and all there is to say of nearly every tag.
  private var lastSuccess: Timestamp?
  private var trouble: Trouble?
  /// It has moved, to what could not be had yet.
  private var isMovePending: Bool
  /// A copy of what the tag's row says, which counts: how the tag moves is decided where it is recorded.
  var flaps: FlapGate

  private final class Trouble: Sendable {
    let reachability: Reachability

    init(_ reachability: Reachability) { self.reachability = reachability }
  }

  /// The digest that HEAD gave when the current snapshot was verified.
  var head: Digest? {
    get { packedHead?.digest }
    set { packedHead = newValue.map(PackedDigest.init) }
  }

  /// Counts while the daemon runs; the tag's row follows it.
  var reachability: Reachability {
    get { trouble?.reachability ?? Reachability(lastSuccess: lastSuccess) }
    set {
      lastSuccess = newValue.lastSuccess
      trouble = newValue == Reachability(lastSuccess: lastSuccess) ? nil : Trouble(newValue)
    }
  }

  /// At an index that is no tag's.
  static let vacant = TagSlot(
    entry: RepositoryEntry(
      repository: RepositoryReference(domain: "", path: ""), tags: TagSelection(maxTags: 1), intervalSeconds: 0,
      selection: .all, sinks: [], unreachableAfterSeconds: 0, labels: [:], line: 0
    ).entry(""), id: TagID(rawValue: 0), snapshot: nil, state: TagState(),
    now: Moment(boot: .distantPast, wall: Timestamp(milliseconds: 0)))

  init(entry: WatchEntry, id: TagID, snapshot: SnapshotID?, state: TagState, now: Moment) {
    self.entry = entry
    self.id = id
    lastChecked = state.lastChecked
    nextCheck = state.nextCheck ?? now.wall
    self.snapshot = snapshot
    packedHead = state.headDigest.map(PackedDigest.init)
    mustWalk = state.mustWalk(for: entry.selection)
    verifyFrom = Verification.due(entry, state, at: now)
    isMovePending = state.moved != nil
    flaps = state.flaps
    reachability = state.reachability
  }

  /// Takes over what was written about the tag's content.
  mutating func recorded(_ record: Record) {
    snapshot = record.snapshot
    head = record.state.headDigest
    mustWalk = record.state.mustWalk(for: entry.selection)
    isMovePending = record.state.moved != nil
    flaps = record.state.flaps
  }

  /// The configuration says something else about the tag from now on.
  ///
  /// - Parameter state: the tag's row as it is now.
  mutating func reconfigure(_ entry: WatchEntry, _ state: TagState, at now: Moment) {
    if entry.selection != self.entry.selection { mustWalk = state.mustWalk(for: entry.selection) }
    if entry.intervalSeconds != self.entry.intervalSeconds {
      verifyFrom = Verification.due(entry, state, at: now)
    }
    self.entry = entry
  }

  package var known: KnownTag {
    KnownTag(
      headDigest: snapshot == nil ? nil : head, mustWalk: mustWalk, wasSeen: reachability.lastSuccess != nil)
  }

  /// Nothing to do but to note that the state still holds, when HEAD says so.
  func isQuiet(at time: Timestamp) -> Bool {
    snapshot != nil && reachability.isQuiet && !isMovePending && flaps.withheld == 0 && !isLongUnseen(at: time)
  }

  private func isLongUnseen(at time: Timestamp) -> Bool {
    reachability.lastSuccess.map {
      ObservationGap.isLong(from: $0, to: time, intervalSeconds: entry.intervalSeconds)
    } ?? false
  }
}

extension Verification {
  fileprivate static func due(_ entry: WatchEntry, _ state: TagState, at now: Moment) -> BootTime {
    due(entry.tag, every: entry.intervalSeconds, after: state.verified ?? state.lastSuccess, at: now)
  }
}

extension Reachability {
  /// Reachable, and without a failure since the last success.
  var isQuiet: Bool { state == .ok && failures == 0 }
}
