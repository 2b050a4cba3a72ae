import Host
package import ImageModel

/// Which part of a tag's history is wanted. Source: docs/reference.md, history.
package struct HistoryQuery: Hashable, Sendable {
  /// Only these platforms count and are shown; empty means all.
  package var platforms: [Platform] = []
  /// Entries that held at or after this time: each until the next state was seen, the newest until now.
  package var since: Timestamp?
  /// Entries that had begun by this time.
  package var until: Timestamp?
  /// Only the entry that was the latest at this time.
  package var at: Timestamp?
  /// At most so many, the newest.
  package var limit: Int?
  /// Only entries older than the one that begins with this snapshot.
  package var before: SnapshotID?
  /// Of how many of the newest everything is wanted; of the others rollbacks and gaps alone, which a timeline shows.
  package var detailed: Int?
  /// Every snapshot by itself, also those that did not change an image.
  package var all = false
  /// Times as well in which none of `platforms` was there, as entries without any.
  var absences = false

  /// Until when the newest state held.
  package var now: Timestamp

  package init(now: Timestamp? = nil) { self.now = now ?? .now() }

  /// By when an entry must have begun.
  var begun: Timestamp? { [until, at].compactMap(\.self).min() }
}

/// A stretch of time in which the images behind a tag stayed the same; with `HistoryQuery.all`, one snapshot.
package struct HistoryEntry: Hashable, Sendable {
  /// Of its first snapshot.
  package let firstSeen: Timestamp
  /// Of its last snapshot.
  package let lastSeen: Timestamp
  /// Whether it holds now.
  package let isCurrent: Bool
  package let ended: StoredSnapshot.Ending?
  /// Top digest of its last snapshot.
  package let digest: Digest
  package let mediaType: MediaType
  /// The content event that began it, `nil` where there was none.
  package let event: EventType?
  /// The sequence of that event.
  package internal(set) var sequence: EventSequence?
  /// As its last snapshot has them; their classes are those with which the entry began.
  package let platforms: [StoredImage]
  /// Its first and its last snapshot.
  package let first: SnapshotID
  let last: SnapshotID
  /// What was recorded directly before it, shown or not; `nil` of the first.
  package internal(set) var previous: Previous?
  /// Platforms whose images, new with this entry, were current under the tag before.
  package internal(set) var rollbacks: [Rollback] = []
  /// Platforms that were there before and are not in it, and are still watched.
  package internal(set) var removed: [Departure] = []
  /// Other watched tags of the repository that came to the same document at the same time, as far as anybody can tell.
  package internal(set) var also: [TagReference] = []
  /// For how long nobody saw it, within it or between it and what followed; newest first.
  package internal(set) var gaps: [ObservationGap] = []

  package struct Previous: Hashable, Sendable {
    let id: SnapshotID
    package let ended: StoredSnapshot.Ending?
    package let digest: Digest

    package init(id: SnapshotID, ended: StoredSnapshot.Ending?, digest: Digest) {
      (self.id, self.ended, self.digest) = (id, ended, digest)
    }
  }

  package struct Rollback: Hashable, Sendable {
    package let platform: Platform?
    /// `nil` of an artifact.
    package let imageID: Digest?
    /// When it was last seen current, and the digest that the tag had then.
    package let lastCurrent: Timestamp
    package let digest: Digest

    package init(platform: Platform?, imageID: Digest?, lastCurrent: Timestamp, digest: Digest) {
      (self.platform, self.imageID, self.lastCurrent, self.digest) = (platform, imageID, lastCurrent, digest)
    }
  }

  package struct Departure: Hashable, Sendable {
    package let platform: Platform?
    package let manifest: Digest
    package let imageID: Digest?

    package init(platform: Platform?, manifest: Digest, imageID: Digest?) {
      (self.platform, self.manifest, self.imageID) = (platform, manifest, imageID)
    }
  }

  package init(
    firstSeen: Timestamp, lastSeen: Timestamp, isCurrent: Bool, ended: StoredSnapshot.Ending?, digest: Digest,
    mediaType: MediaType, event: EventType?, platforms: [StoredImage], first: SnapshotID, last: SnapshotID,
    previous: Previous?, rollbacks: [Rollback] = [], removed: [Departure] = [], gaps: [ObservationGap] = []
  ) {
    (self.firstSeen, self.lastSeen, self.isCurrent, self.ended) = (firstSeen, lastSeen, isCurrent, ended)
    (self.digest, self.mediaType, self.event, self.platforms) = (digest, mediaType, event, platforms)
    (self.first, self.last, self.previous) = (first, last, previous)
    (self.rollbacks, self.removed, self.gaps) = (rollbacks, removed, gaps)
  }

  /// Of an image in `platforms`.
  package func rollback(of image: StoredImage) -> Rollback? {
    let same = rollbacks.filter { $0.platform == image.platform }
    // Images of the same platform, which Windows has, are told apart; a digest of another algorithm is none.
    return same.first { $0.imageID == image.imageID } ?? (same.count == 1 && platforms.count == 1 ? same[0] : nil)
  }
}

extension HistoryEntry.Previous {
  init(_ snapshot: StoredSnapshot) {
    self.init(id: snapshot.id, ended: snapshot.ended, digest: snapshot.digest)
  }
}
