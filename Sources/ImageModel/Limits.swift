/// The limits and timings that are promised. Source: docs/reference.md, Limits and timings.
public enum Limits {
  // Bodies, in bytes.
  public static let manifestBytes = 4 * 1024 * 1024
  public static let configBlobBytes = 8 * 1024 * 1024
  public static let tokenReplyBytes = 128 * 1024
  public static let errorBodyBytes = 64 * 1024
  /// Read of a webhook's reply; what comes after is left.
  public static let webhookReplyBytes = 64 * 1024
  /// Of that, kept as the reason of a failure.
  public static let webhookReplyBytesKept = 512
  public static let responseHeaderBytes = 64 * 1024

  // Documents.
  public static let jsonDepth = 64
  /// Entries of an index, those of nested ones included.
  public static let indexEntries = 1_000
  /// How deep an index may lie in an index.
  public static let indexDepth = 4
  /// Each field of a platform; real ones have at most a dozen bytes.
  public static let platformComponentBytes = 64

  // Requests.
  public static let redirects = 5
  public static let connectSeconds = 10
  public static let requestSeconds = 60
  /// A transfer slower than `stallBytesPerSecond` for this long is given up.
  public static let stallSeconds = 20
  public static let stallBytesPerSecond = 100
  public static let registryRetryAfterSeconds = 6 * 3_600
  public static let webhookRetryAfterSeconds = 24 * 3_600

  // Scheduling.
  public static let backoffBaseSeconds = 30
  public static let backoffCapSeconds = 3_600
  /// The longest the scheduler sleeps, so that a suspended or stepped clock is noticed.
  public static let tickSeconds = 60
  /// A poll with all the documents that it fetches.
  public static let pollSeconds = 3_600
  public static let intervalSeconds = 10...(30 * 86_400)
  public static let watchedTags = 1_000_000

  /// A tag's document is fetched once in so long, or sooner where its interval is long, though HEAD says that it has
  /// not moved: within a day, whatever a cache makes of HEAD.
  public static let verifySeconds = 23 * 3_600
  /// … and after this, where that could not be done.
  public static let verifyRetrySeconds = 3_600

  /// States of a tag that a document is compared with, to tell one that was there before.
  public static let comparedStates = 1_000

  // Recording.
  public static let markFlushMilliseconds = 1_000

  // Events.
  public static let eventBytes = 16 * 1024
  public static let groupedEventBytes = 256 * 1024
  /// Characters of a failure's message.
  public static let failureMessageCharacters = 1_024
  /// Announced moves of one tag per hour, of its image or artifact; further ones back and forth wait until it is quiet.
  public static let announcementsPerHour = 4
  public static let flapQuietSeconds = 600
  /// A tag is gone after this many credible answers in a row …
  public static let deletionObservations = 3
  /// … over at least this long.
  public static let deletionSeconds = 1_800
}
