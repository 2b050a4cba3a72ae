import ImageModel

/// What checking a tag has led to so far: everything about it that changes from poll to poll.
public struct TagState: Hashable, Sendable {
  /// Whether a tag can be had, as events have announced it.
  public enum Reach: String, Sendable, CaseIterable {
    case ok, unreachable, deleted
  }

  /// The selection for which the tag was last walked; when it differs from the configured one, an equal digest
  /// is no reason to skip the walk.
  public var walked: PlatformSelection?
  /// What the registry last answered as the tag's digest.
  public var headDigest: Digest?
  /// Whether a config blob of the current snapshot is still to be had.
  public var detailsPending = false
  /// When the tag's document was last fetched or found anew, and not only named by HEAD.
  public var verified: Timestamp?
  public var lastChecked: Timestamp?
  public var lastSuccess: Timestamp?
  public var nextCheck: Timestamp?
  public var reach = Reach.ok
  /// Failed checks in a row.
  public var failures = 0
  public var failingSince: Timestamp?
  /// The last error, `nil` after a success. `retryAfterSeconds` is not kept.
  public var failure: CheckFailure?
  /// The first of `missingCount` credible answers in a row that the tag is gone.
  public var missingSince: Timestamp?
  public var missingCount = 0
  /// Moves recorded and not announced, because the tag flaps.
  public var withheld = 0
  /// When the image behind the tag changed last, `nil` if never.
  public var lastMove: Timestamp?
  /// The snapshot that was announced last.
  public var announcedSnapshot: Int64?

  public init() {}
}
