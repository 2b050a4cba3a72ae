/// The limits and timings that are promised, each once. What a key of the configuration may be stands with the reader
/// of the key, what SQLite is set to in `History`; other constants are nobody's to rely on, and stand where they are
/// used. Source: docs/reference.md, Limits and timings.
package enum Limits {
  // Bodies, in bytes.
  package static let manifestBytes = 4 * 1024 * 1024
  package static let configBlobBytes = 8 * 1024 * 1024
  package static let tokenReplyBytes = 128 * 1024
  package static let errorBodyBytes = 64 * 1024
  /// Read of a webhook's reply; what comes after is left.
  package static let webhookReplyBytes = 64 * 1024
  /// Of that, kept as the reason of a failure.
  package static let webhookReplyBytesKept = 512
  package static let responseHeaderBytes = 64 * 1024
  /// All documents that one poll fetches: an index of a thousand platforms could otherwise fill the memory.
  package static let pollBytes = 64 * 1024 * 1024
  /// Documents of each state that pages and API compare; the command compares any.
  package static let comparedBytes = 4 * 1024 * 1024

  // Files, in bytes.
  package static let configurationBytes = 512 * 1024 * 1024
  /// Of a password, a token, a webhook's secret or a header.
  package static let secretBytes = 64 * 1024
  /// Of certificates to trust.
  package static let trustBytes = 8 * 1024 * 1024
  /// A look at a file that takes longer is given up: its file system hangs.
  package static let lookSeconds = 5

  // Documents.
  package static let jsonDepth = 64
  /// Entries of an index, those of nested ones included.
  package static let indexEntries = 1_000
  /// How deep an index may lie in an index.
  package static let indexDepth = 4
  /// Each field of a platform; real ones have at most a dozen bytes.
  package static let platformComponentBytes = 64

  // Files to import from, each …
  package static let importBytes = 16 * 1024 * 1024
  /// … with so many values, what aliases of YAML stand for included …
  package static let importValues = 1_000_000
  package static let importDepth = 256
  /// … and so many others that it names.
  package static let importFiles = 100

  // What runs.
  package static let containers = 10_000
  /// By which the image of one is known; engines have one for each name that it was pulled by.
  package static let containerDigests = 100
  /// Of a file that tells of them, and of an engine's list …
  package static let containerFileBytes = 64 * 1024 * 1024
  /// … and the JSON values in it; a container has some two hundred.
  package static let containerFileValues = 4_000_000
  /// An engine is asked for no longer than that, whatever it has to tell.
  package static let engineSeconds = 300

  // Requests.
  package static let redirects = 5
  package static let connectSeconds = 10
  package static let requestSeconds = 60
  /// A transfer slower than `stallBytesPerSecond` for this long is given up.
  package static let stallSeconds = 20
  package static let stallBytesPerSecond = 100
  package static let registryRetryAfterSeconds = 6 * 3_600
  package static let webhookRetryAfterSeconds = 24 * 3_600

  // Scheduling.
  package static let backoffBaseSeconds = 30
  package static let backoffCapSeconds = 3_600
  /// The longest the scheduler sleeps, so that a suspended or stepped clock is noticed.
  package static let tickSeconds = 60
  /// A poll with all the documents that it fetches.
  package static let pollSeconds = 3_600
  package static let intervalSeconds = 10...(30 * 86_400)
  package static let watchedTags = 1_000_000

  // Hints.
  package static let hintBytes = 1024 * 1024
  /// Images of one hint; those beyond are left to their intervals …
  package static let hintImages = 1_000
  /// … and so are tags beyond this that are hinted at.
  package static let hintedTags = 10_000
  /// Before the first look: distribution sends a hint and then points the tag to what was pushed.
  /// Source: distribution `registry/handlers/manifests.go`, PutManifest.
  package static let hintSettleMilliseconds = 500
  /// After that, while nothing has changed.
  package static let hintLookSeconds = [30, 120]
  /// Between two looks at a tag because of hints.
  package static let hintSpacingSeconds = 10

  // Lists of tags.
  /// One page, in bytes …
  package static let tagPageBytes = 4 * 1024 * 1024
  /// … and how many tags are asked for with it; no registry is known to refuse so many.
  package static let tagsOfAPage = 1_000
  package static let tagPages = 2_048
  /// Of one repository.
  package static let listedTags = 100_000

  /// A tag's document is fetched once in so long, or sooner where its interval is long, though HEAD says that it has
  /// not moved: within a day, whatever a cache makes of HEAD.
  package static let verifySeconds = 23 * 3_600
  /// … and after this, where that could not be done.
  package static let verifyRetrySeconds = 3_600

  /// States of a tag that a document is compared with, to tell one that was there before.
  package static let comparedStates = 1_000

  // Recording.
  package static let markFlushMilliseconds = 1_000
  /// A database that is smaller is checked in full when it is opened for writing; up to `quickCheckBytes` in part.
  package static let fullCheckBytes = 32 * 1024 * 1024
  package static let quickCheckBytes = 256 * 1024 * 1024
  /// A database that is smaller is copied before it is migrated.
  package static let migrationBackupBytes = 1024 * 1024 * 1024
  /// Between two looks for what `retention` does not keep.
  package static let pruneSeconds = 3_600
  /// A registry's date and the machine's clock agree when they are no further apart.
  package static let clockToleranceSeconds = 86_400

  // Stopping.
  /// For polls in flight, before they are cut off …
  package static let pollGraceSeconds = 5
  /// … and then for sinks to take what waits.
  package static let deliveryGraceSeconds = 5
  /// An orderly stop that takes longer is cut off: it waits for something that does not end.
  package static let stopSeconds = 14

  // Commands.
  /// A `check` without a daemon tries for so long to deliver what it found.
  package static let checkDeliverySeconds = 10
  /// A daemon from which nothing comes for this long is not there any more.
  package static let daemonSilenceSeconds = 15
  /// The same for `status`, which has more to show than what the daemon says.
  package static let statusSilenceSeconds = 2

  // Deliveries.
  /// A sink on this machine that fails rests for a second, then for twice that, up to this.
  package static let sinkRestSeconds = 60
  /// A sink that has said for so long nothing of what it was given is stuck; a webhook after its `timeout`, and a mail
  /// after twice that, as well.
  package static let stuckSeconds = 30
  /// A look at a sink that takes longer is a failure of the sink.
  package static let sinkLookSeconds = 5
  /// Listed at a time; all of them are in memory.
  package static let listedDeliveries = 100_000

  // Events.
  package static let eventBytes = 16 * 1024
  package static let groupedEventBytes = 256 * 1024
  /// Characters of `data.summary`.
  package static let summaryCharacters = 200
  /// Characters of a failure's message.
  package static let failureMessageCharacters = 1_024
  /// Announced moves of one tag per hour, of its image or artifact; further ones back and forth wait until it is quiet.
  package static let announcementsPerHour = 4
  package static let flapQuietSeconds = 600
  /// A tag is gone after this many credible answers in a row …
  package static let deletionObservations = 3
  /// … over at least this long.
  package static let deletionSeconds = 1_800
}
