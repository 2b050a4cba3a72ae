import ImageModel
import TestSupport
import Testing

/// The table of `docs/reference.md` says what `Limits` is, and leaves nothing out.
@Suite struct DocumentedLimitsTests {
  private static let rows: [(what: String, values: String)] = [
    ("an index or manifest", bytes(Limits.manifestBytes)),
    ("a config", bytes(Limits.configBlobBytes)),
    ("all documents of one poll", bytes(Limits.pollBytes)),
    ("documents of each state that a page or the API compares", bytes(Limits.comparedBytes)),
    ("a token server's reply", bytes(Limits.tokenReplyBytes)),
    ("the body of an error", bytes(Limits.errorBodyBytes)),
    (
      "a receiver's answer: read; kept as the reason of a failure",
      "\(bytes(Limits.webhookReplyBytes)); \(bytes(Limits.webhookReplyBytesKept))"
    ),
    ("headers of an answer, all together", bytes(Limits.responseHeaderBytes)),
    ("nesting of JSON", count(Limits.jsonDepth)),
    ("entries of an index, nested ones included", count(Limits.indexEntries)),
    ("an index within an index", "\(Limits.indexDepth) deep"),
    ("each field of a platform; what is longer is none, docs/registries.md", bytes(Limits.platformComponentBytes)),
    ("the configuration", bytes(Limits.configurationBytes)),
    (
      "a file to import from: its size; its values, with what aliases of YAML and `extends` stand for, and annotations for each container of a pod; its nesting; other files that it names",
      "\(bytes(Limits.importBytes)); \(count(Limits.importValues)); \(count(Limits.importDepth)); \(count(Limits.importFiles))"
    ),
    (
      "a file with a secret; with certificates to trust", "\(bytes(Limits.secretBytes)); \(bytes(Limits.trustBytes))"
    ),
    ("a look at a file that the configuration names is given up after", time(Limits.lookSeconds)),
    ("watched tags", count(Limits.watchedTags)),
    ("the tags of a repository", count(Limits.listedTags)),
    (
      "a page of them; so many are asked for with one; pages",
      "\(bytes(Limits.tagPageBytes)); \(count(Limits.tagsOfAPage)); \(count(Limits.tagPages))"
    ),
    (
      "containers; digests of the image of each; a file or an answer that tells of them; the values of its JSON",
      "\(count(Limits.containers)); \(count(Limits.containerDigests)); \(bytes(Limits.containerFileBytes)); \(count(Limits.containerFileValues))"
    ),
    ("a container engine is asked for", time(Limits.engineSeconds)),
    ("redirects", count(Limits.redirects)),
    ("connecting", time(Limits.connectSeconds)),
    ("a request", time(Limits.requestSeconds)),
    (
      "a transfer slower than \(Limits.stallBytesPerSecond) B/s is given up after", time(Limits.stallSeconds)
    ),
    (
      "`Retry-After` is heeded up to: of registries; of receivers",
      "\(time(Limits.registryRetryAfterSeconds)); \(time(Limits.webhookRetryAfterSeconds))"
    ),
    (
      "the interval of a tag; a poll lies at the tag's own place in it, moved by a tenth at most",
      "\(time(Limits.intervalSeconds.lowerBound)) … \(Limits.intervalSeconds.upperBound / 86_400) d"
    ),
    (
      "a tag that fails waits for half to all of a step that doubles: the first; the last, or twice its interval if less",
      "\(time(Limits.backoffBaseSeconds)); \(time(Limits.backoffCapSeconds))"
    ),
    ("a poll with all its documents", time(Limits.pollSeconds)),
    ("the clocks are looked at", "every \(time(Limits.tickSeconds))"),
    (
      "a hint; images of one; tags that are hinted at",
      "\(bytes(Limits.hintBytes)); \(count(Limits.hintImages)); \(count(Limits.hintedTags))"
    ),
    (
      "what is hinted at is looked at after, and while nothing has changed after",
      "\(Limits.hintSettleMilliseconds) ms; " + Limits.hintLookSeconds.map { "\($0) s" }.joined(separator: ", ")
    ),
    ("… and because of hints at most once in", time(Limits.hintSpacingSeconds)),
    (
      "what HEAD says of a tag is verified at the first poll after, or sooner if the interval is long; if that failed, after",
      "\(time(Limits.verifySeconds)); \(time(Limits.verifyRetrySeconds))"
    ),
    ("states of a tag that a document is compared with", count(Limits.comparedStates)),
    ("`last_seen` is written within", "\(Limits.markFlushMilliseconds / 1_000) s"),
    ("an event; a group of them", "\(bytes(Limits.eventBytes)); \(bytes(Limits.groupedEventBytes))"),
    ("`data.summary` of an event", "\(Limits.summaryCharacters) characters"),
    ("the message of a failure", "\(count(Limits.failureMessageCharacters)) characters"),
    ("moves to and fro of a tag that are announced", "\(Limits.announcementsPerHour) an hour"),
    ("… and in one event after a quiet of", time(Limits.flapQuietSeconds)),
    (
      "a deletion is believed after",
      "\(Limits.deletionObservations) credible answers over \(time(Limits.deletionSeconds))"
    ),
    ("a sink on this machine that fails rests for 1 s, then for twice that, up to", time(Limits.sinkRestSeconds)),
    (
      "a sink that says nothing of what it was given is stuck after; a webhook so long after its `timeout`, a mail after twice that",
      time(Limits.stuckSeconds)
    ),
    ("a look at a sink ends within", time(Limits.sinkLookSeconds)),
    ("`deliveries list`", count(Limits.listedDeliveries)),
    (
      "a database is checked when opened for writing: in full below; in part below, and always if it was not closed",
      "\(bytes(Limits.fullCheckBytes)); \(bytes(Limits.quickCheckBytes))"
    ),
    ("… and copied before it is brought up to date below", bytes(Limits.migrationBackupBytes)),
    ("what `retention` does not keep is looked for", "every \(time(Limits.pruneSeconds))"),
    ("a registry's date confirms the machine's clock within", time(Limits.clockToleranceSeconds)),
    (
      "a `check` without a daemon delivers for; a daemon that says nothing is given up after, by `status` after",
      "\(time(Limits.checkDeliverySeconds)); \(time(Limits.daemonSilenceSeconds)); \(time(Limits.statusSilenceSeconds))"
    ),
    (
      "a stop: polls in flight; sinks; all of it",
      "\(time(Limits.pollGraceSeconds)); \(time(Limits.deliveryGraceSeconds)); \(time(Limits.stopSeconds))"
    ),
  ]

  @Test func theTableSaysWhatHolds() throws {
    let table = try MarkdownTable.rows(below: "## Limits and timings", in: ProjectFile.text("docs/reference.md"))
    #expect(table == Self.rows.map { [$0.what, $0.values] })
  }

  /// Each constant is looked at above.
  @Test func noLimitIsLeftOut() throws {
    let names = try ProjectFile.text("Sources/ImageModel/Limits.swift").matches(of: /static let (\w+)/).map(\.output.1)
    let compared = Set(
      try ProjectFile.text("Tests/ImageModelTests/DocumentedLimitsTests.swift")
        .matches(of: /Limits\.(\w+)/).map(\.output.1))
    #expect(names.count > 40)
    #expect(names.filter { !compared.contains($0) }.isEmpty)
  }

  private static func count(_ number: Int) -> String {
    var digits = String(number)
    var at = digits.count - 3
    while at > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: at))
      at -= 3
    }
    return digits
  }

  private static func bytes(_ number: Int) -> String {
    for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where number.isMultiple(of: size) {
      return "\(number / size) \(unit)"
    }
    return "\(number) bytes"
  }

  private static func time(_ seconds: Int) -> String {
    if seconds.isMultiple(of: 3_600) { return "\(seconds / 3_600) h" }
    return seconds > 60 && seconds.isMultiple(of: 60) ? "\(seconds / 60) min" : "\(seconds) s"
  }
}
