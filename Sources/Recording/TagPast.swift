package import Drift
package import History
package import ImageModel

/// What is recorded of one tag, as far as deciding needs it.
package protocol TagPast {
  /// The newest state, also one that has ended.
  func latest() throws -> StoredSnapshot?
  /// The tag's row; of a tag that was never checked the state that it begins with.
  func state() throws -> TagState
  func snapshot(_ id: SnapshotID) throws -> StoredSnapshot?
  /// When an image or artifact was last current for a platform, in a state before `snapshot`.
  func lastUse(platform: Platform?, identity: Digest, before snapshot: SnapshotID) throws -> PastUse?
  /// How many events of that type the tag has had from `since` to `until`.
  func announcements(_ type: EventType, since: Timestamp, until: Timestamp) throws -> Int
  func document(_ digest: Digest) throws -> Document?
  /// Other watched tags of the repository that came to a document when this one did.
  func companions(at digest: Digest, after: Timestamp, until: Timestamp) throws -> [TagReference]
}

/// As the database has it, within a transaction.
struct StoredPast: TagPast {
  let store: HistoryTransaction
  let row: TagRecord

  private var id: TagID { row.id }

  func latest() throws -> StoredSnapshot? { try store.latestSnapshot(tag: id) }

  func state() -> TagState { row.state }

  func snapshot(_ snapshot: SnapshotID) throws -> StoredSnapshot? { try store.snapshot(snapshot, tag: id) }

  func lastUse(platform: Platform?, identity: Digest, before snapshot: SnapshotID) throws -> PastUse? {
    try store.lastUse(tag: id, platform: platform, identity: identity, before: snapshot)
      .map { PastUse(lastCurrent: $0.lastSeen, digest: $0.digest) }
  }

  func announcements(_ type: EventType, since: Timestamp, until: Timestamp) throws -> Int {
    try store.announcements(tag: id, type: type, since: since, until: until)
  }

  func document(_ digest: Digest) throws -> Document? { try store.document(digest) }

  func companions(at digest: Digest, after: Timestamp, until: Timestamp) throws -> [TagReference] {
    try store.companions(of: id, at: digest, after: after, until: until)
  }
}
