import GRDB
import ImageModel

/// The columns of `tag` behind a `TagRecord`: one list for every statement that reads them.
enum TagRow {
  static let columns = """
    id, watched, selection, interval_s, walked, head_digest, details_pending, last_checked_ms, last_success_ms,
    next_check_ms, reach, failures, failing_since_ms, error_code, error_message, missing_since_ms, missing_count,
    withheld, last_move_ms, announced_snapshot_id, verified_ms, moved_digest, moved_type, moved_ms, given
    """

  /// - Parameter tag: the name, which callers have at hand already, so that its text is not held twice.
  static func record(_ row: some ColumnReading, tag: TagReference, _ texts: ParsedTexts) throws(ColumnError)
    -> TagRecord
  {
    TagRecord(
      id: try row.id(0), tag: tag, isWatched: try row.integer(1) != 0, isGiven: try row.integer(24) != 0,
      selection: try row.optionalSelection(2, texts), intervalSeconds: try row.optionalInteger(3).map(Int.init),
      state: try state(row, texts))
  }

  private static func state(_ row: some ColumnReading, _ texts: ParsedTexts) throws(ColumnError) -> TagState {
    var state = TagState()
    state.walked = try row.optionalSelection(4, texts)
    state.headDigest = try row.optionalDigest(5)
    state.detailsPending = try row.integer(6) != 0
    state.lastChecked = try row.optionalTime(7)
    state.lastSuccess = try row.optionalTime(8)
    state.nextCheck = try row.optionalTime(9)
    state.reach = try row.named(10, Reach.self)
    state.failures = Int(try row.integer(11))
    state.failingSince = try row.optionalTime(12)
    if let code = try row.optionalNamed(13, CheckFailure.Code.self) {
      state.failure = CheckFailure(code, try row.text(14))
    }
    state.missingSince = try row.optionalTime(15)
    state.missingCount = Int(try row.integer(16))
    state.withheld = Int(try row.integer(17))
    state.lastMove = try row.optionalTime(18)
    state.announcedSnapshot = try row.optionalID(19)
    state.verified = try row.optionalTime(20)
    if let digest = try row.optionalDigest(21) {
      state.moved = PendingMove(
        to: MovedTag(digest: digest, mediaType: MediaType(try row.text(22))), since: try row.time(23))
    }
    return state
  }
}
