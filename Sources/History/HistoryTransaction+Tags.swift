import GRDB
package import ImageModel

extension HistoryTransaction {
  /// Makes `tags` the effective watchlist: all of them are watched afterwards, and no others. Rows that do not
  /// change are not written.
  ///
  /// - Returns: a record for each, in the same order.
  package func registerTags(_ tags: [WatchedTag]) throws -> [TagRecord] {
    let statements = try TagStatements(db)
    var records: [TagRecord] = []
    records.reserveCapacity(tags.count)
    var kept = Set<TagID>(minimumCapacity: tags.count)
    for tag in tags {
      let record = try statements.watch(tag)
      kept.insert(record.id)
      records.append(record)
    }
    let watched = try TagID.fetchAll(db, sql: "SELECT id FROM tag WHERE watched = 1")
    for id in watched where !kept.contains(id) { try unwatch(id) }
    return records
  }

  /// Watches one more tag.
  package func watch(_ tag: WatchedTag) throws -> TagRecord { try TagStatements(db).watch(tag) }

  /// The tag keeps what is recorded of it.
  func unwatch(_ tag: TagID) throws {
    try db.cachedStatement(sql: "UPDATE tag SET watched = 0, given = 0, next_check_ms = NULL WHERE id = ?")
      .execute(arguments: [tag])
  }

  /// The record of a tag, made if there is none; whether it is watched does not change. For a tag that is checked
  /// without being on the watchlist.
  ///
  /// - Parameter selection: taken for a tag that is not watched; a watched one keeps the configured platforms.
  package func ensureTag(_ tag: TagReference, selection: PlatformSelection) throws -> TagRecord {
    try TagStatements(db).ensure(tag, selection: selection)
  }

  /// The record of a tag, `nil` if it was never checked or watched.
  package func tag(_ tag: TagReference) throws -> TagRecord? {
    try TagStatements(db).find(tag)
  }

  /// Writes everything in `state`.
  package func updateState(_ tag: TagID, _ state: TagState) throws {
    try db.cachedStatement(
      sql: """
        UPDATE tag SET walked = ?, head_digest = ?, details_pending = ?, last_checked_ms = ?, last_success_ms = ?,
          next_check_ms = ?, reach = ?, failures = ?, failing_since_ms = ?, error_code = ?, error_message = ?,
          missing_since_ms = ?, missing_count = ?, withheld = ?, last_move_ms = ?, announced_snapshot_id = ?,
          verified_ms = ?, moved_digest = ?, moved_type = ?, moved_ms = ?
        WHERE id = ?
        """
    ).execute(arguments: [
      state.walked?.stored, state.headDigest?.description, state.detailsPending, state.lastChecked?.milliseconds,
      state.lastSuccess?.milliseconds, state.nextCheck?.milliseconds, state.reach.rawValue, state.failures,
      state.failingSince?.milliseconds, state.failure?.code.rawValue, state.failure?.message,
      state.missingSince?.milliseconds, state.missingCount, state.withheld, state.lastMove?.milliseconds,
      state.announcedSnapshot, state.verified?.milliseconds,
      state.moved?.to.digest.description, state.moved?.to.mediaType.description, state.moved?.since.milliseconds, tag,
    ])
  }

  /// Has these polled and listed as soon as a daemon starts.
  package func makeDue(_ tags: [TagID], _ repositories: [RepositoryReference], at now: Timestamp) throws {
    let tag = try db.cachedStatement(sql: "UPDATE tag SET next_check_ms = ? WHERE id = ? AND next_check_ms > ?1")
    for id in tags { try tag.execute(arguments: [now.milliseconds, id]) }
    let list = try db.cachedStatement(
      sql: "UPDATE repository SET next_list_ms = ? WHERE registry = ? AND repository = ? AND next_list_ms > ?1")
    for name in repositories { try list.execute(arguments: [now.milliseconds, name.domain, name.path]) }
  }

  /// Records successful checks that found nothing new: advances `last_seen` and the times of the tag, and clears
  /// what earlier failures left (not its reachability, whose change is an event). No row grows. A row that was never
  /// checked is passed by: its tag was forgotten meanwhile, and its number may be another tag's by now.
  package func mark(_ marks: [UnchangedMark]) throws {
    let tag = try DirectStatement(
      db,
      sql: """
        UPDATE tag SET last_checked_ms = ?1, last_success_ms = ?1, seen_ms = max(seen_ms, ?1), next_check_ms = ?2,
          failures = 0, failing_since_ms = NULL, error_code = NULL, error_message = NULL, missing_since_ms = NULL,
          missing_count = 0
        WHERE id = ?3 AND last_checked_ms IS NOT NULL
        """)
    for mark in marks { try tag.run(mark.at.milliseconds, mark.nextCheck.milliseconds, mark.tagID.rawValue) }
  }
}

/// The statements on `tag`, looked up once for many rows.
private struct TagStatements {
  private let select: DirectStatement
  private let insert: Statement
  private let configure: Statement
  private let texts = ParsedTexts()

  init(_ db: Database) throws {
    select = try DirectStatement(
      db, sql: "SELECT \(TagRow.columns) FROM tag WHERE registry = ? AND repository = ? AND tag = ?")
    insert = try db.cachedStatement(
      sql: """
        INSERT INTO tag(registry, repository, tag, watched, selection, interval_s, given) VALUES(?, ?, ?, ?, ?, ?, ?)
        RETURNING id
        """)
    configure = try db.cachedStatement(
      sql: "UPDATE tag SET watched = ?, selection = ?, interval_s = ?, given = ? WHERE id = ?")
  }

  func find(_ tag: TagReference) throws -> TagRecord? {
    try select.first(tag.domain, tag.path, tag.tag) { try TagRow.record($0, tag: tag, texts) }
  }

  func watch(_ wanted: WatchedTag) throws -> TagRecord {
    try put(
      wanted.tag, isWatched: true, selection: wanted.selection, intervalSeconds: wanted.intervalSeconds,
      isGiven: wanted.isGiven)
  }

  func ensure(_ tag: TagReference, selection: PlatformSelection) throws -> TagRecord {
    if let record = try find(tag), record.isWatched || record.selection == selection { return record }
    return try put(tag, isWatched: false, selection: selection, intervalSeconds: nil, isGiven: false)
  }

  private func put(
    _ tag: TagReference, isWatched: Bool, selection: PlatformSelection, intervalSeconds: Int?, isGiven: Bool
  ) throws -> TagRecord {
    guard var record = try find(tag) else {
      let row = try Row.fetchOne(
        insert, arguments: [tag.domain, tag.path, tag.tag, isWatched, selection.stored, intervalSeconds, isGiven])
      guard let row else { throw StoreError(.internalError, "a tag could not be stored (\(tag)): please report this") }
      return TagRecord(
        id: try row.id(0), tag: tag, isWatched: isWatched, isGiven: isGiven, selection: selection,
        intervalSeconds: intervalSeconds, state: TagState())
    }
    let isSame =
      record.isWatched == isWatched && record.selection == selection && record.intervalSeconds == intervalSeconds
      && record.isGiven == isGiven
    if isSame { return record }
    try configure.execute(arguments: [isWatched, selection.stored, intervalSeconds, isGiven, record.id])
    record.isWatched = isWatched
    record.isGiven = isGiven
    record.selection = selection
    record.intervalSeconds = intervalSeconds
    return record
  }
}
