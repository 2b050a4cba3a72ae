import GRDB
package import ImageModel

extension HistoryTransaction {
  /// Begins a new state of a tag. Its documents are stored with `insertDocuments`.
  ///
  /// - Parameter classes: per image of the snapshot how it changed, in the same order; missing ones are `nil`.
  /// - Returns: the id of the new state, higher than every earlier one.
  package func insertSnapshot(
    tag: TagID, snapshot: TagSnapshot, classes: [ChangeClass?], at time: Timestamp
  ) throws -> SnapshotID {
    try settleLastSeen(tag: tag)
    try db.cachedStatement(
      sql: """
        INSERT INTO snapshot(tag_id, digest, media_type, size, first_seen_ms, last_seen_ms) VALUES(?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      tag, snapshot.digest.description, snapshot.mediaType.description, snapshot.size, time.milliseconds,
      time.milliseconds,
    ])
    let id = SnapshotID(rawValue: db.lastInsertedRowID)
    try db.cachedStatement(sql: "UPDATE tag SET seen_ms = ? WHERE id = ?").execute(arguments: [time.milliseconds, tag])
    let images = snapshot.images.enumerated().map { index, image in
      StoredImage(image, index < classes.count ? classes[index] : nil)
    }
    try insertImages(images, snapshot: id)
    return id
  }

  /// A successful check found the newest state of the tag still there. `last_seen` never goes back, whatever the clock
  /// does.
  package func confirmSnapshot(tag: TagID, at time: Timestamp) throws {
    try db.cachedStatement(sql: "UPDATE tag SET seen_ms = max(seen_ms, ?) WHERE id = ?")
      .execute(arguments: [time.milliseconds, tag])
  }

  /// Nobody saw the tag for long, after its newest state was seen last: before that is confirmed, or followed.
  package func insertGap(tag: TagID, _ gap: ObservationGap) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO gap(snapshot_id, from_ms, to_ms) VALUES(\(SnapshotRow.newest), ?, ?)
          ON CONFLICT DO UPDATE SET to_ms = max(to_ms, excluded.to_ms)
        """
    ).execute(arguments: [tag, gap.from.milliseconds, gap.to.milliseconds])
  }

  /// The newest state of the tag ended without another one following. Its `last_seen` stays the last check that saw
  /// it.
  package func endSnapshot(tag: TagID, _ ending: StoredSnapshot.Ending = .deleted) throws {
    try settleLastSeen(tag: tag)
    try db.cachedStatement(sql: "UPDATE snapshot SET ended = ? WHERE id = \(SnapshotRow.newest)")
      .execute(arguments: [ending.rawValue, tag])
  }

  /// Gives the newest state its `last_seen` for good, before it is the newest no more.
  private func settleLastSeen(tag: TagID) throws {
    try db.cachedStatement(
      sql: """
        UPDATE snapshot SET last_seen_ms = max(last_seen_ms, (SELECT seen_ms FROM tag WHERE id = snapshot.tag_id))
        WHERE id = \(SnapshotRow.newest) AND ended IS NULL
        """
    ).execute(arguments: [tag])
  }

  /// Replaces the platforms of a state without an event: details that were still missing, platforms that are
  /// watched from now on. How a platform changed is kept for those that stay.
  package func updateImages(snapshot id: SnapshotID, images: [PlatformImage]) throws {
    let before = try SnapshotRow.images(db, snapshot: id)
    let after = images.map { image in
      let match =
        before.first { $0.manifest == image.manifest && $0.platform == image.platform }
        ?? before.first { $0.manifest == image.manifest && $0.platform == nil }
      return StoredImage(image, match?.changeClass)
    }
    guard after != before else { return }
    try db.cachedStatement(sql: "DELETE FROM snapshot_platform WHERE snapshot_id = ?").execute(arguments: [id])
    try insertImages(after, snapshot: id)
  }

  private func insertImages(_ images: [StoredImage], snapshot id: SnapshotID) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO snapshot_platform(
          snapshot_id, position, platform, manifest, manifest_size, image_id, config_size, created, class,
          artifact_type)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    for (position, image) in images.enumerated() {
      try statement.execute(arguments: [
        id, position, image.platform?.description, image.manifest.description, image.manifestSize,
        image.imageID?.description, image.configSize, image.created, image.changeClass?.rawValue,
        image.artifactType,
      ])
    }
  }
}
