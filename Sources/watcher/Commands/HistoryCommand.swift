import Answers
import ArgumentParser
import FoundationEssentials
import History
import Host
import ImageModel
import Questions

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show which images a tag has named, and from when to when.",
    discussion: "Example: watcher history amazonlinux --since 30d")

  @Argument(help: "A tag: amazonlinux, ghcr.io/o/i:1", completion: Completions.tags)
  var tag: String
  @Option(
    help: ArgumentHelp("Only this platform; may be repeated.", valueName: "os/arch"), completion: Completions.platforms)
  var platform: [String] = []
  // Unconditional, here and below: `-5m` is a mistaken value that gets its own message, not an option.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only what held at this time or later: \(TimeArgument.help).", valueName: "time"))
  var since: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Only what had begun by this time.", valueName: "time"))
  var until: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Only what held at this time.", valueName: "time"))
  var at: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("At most so many entries, the newest.", valueName: "number"))
  var limit: Int?
  @Flag(help: "Every recorded state, also those that did not change an image.")
  var all = false
  @Flag(help: "A line for each entry.")
  var oneline = false
  @Flag(help: "Do not show a long text through $WATCHER_PAGER, $PAGER or less.")
  var noPager = false
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
  }

  func run() throws {
    let tag = try ReferenceArgument.tag(tag)
    let now = Timestamp.now()
    let query = try query(now: now)
    TimeArgument.warn(since: query.since, now: now, zone: output.zone)
    TimeArgument.warn(until: query.until, at: query.at, now: now, zone: output.zone)
    let reader = try source.open()
    guard let entries = try reader.history(tag, query) else { throw try KnownTags.unknown([tag], in: reader) }
    let record = try reader.record(of: tag)
    let beginning = entries.isEmpty ? try reader.beginning(of: tag) : nil
    let end = [query.until, query.at].compactMap(\.self).min()
    let rendering = HistoryRendering(
      tag: tag, platforms: query.platforms, entries: entries,
      lookout: Lookout(record: record, now: now, isDaemonRunning: try reader.daemon() != .absent), state: record?.state,
      at: query.at, beginning: beginning.flatMap { begun in end.flatMap { $0 < begun ? begun : nil } })
    let pager = noPager ? nil : Pager(environment: ProcessInfo.processInfo.environment)
    try output.print(
      pager: pager, json: HistoryAnswer(tag: tag, entries: entries).json,
      text: oneline ? rendering.lines : rendering.text)
    try warnOfPlatforms(query.platforms, tag, entries, reader)
  }

  /// A platform that was never recorded may be mistyped; that its history is empty would not tell.
  private func warnOfPlatforms(
    _ platforms: [Platform], _ tag: TagReference, _ entries: [HistoryEntry], _ reader: HistoryReader
  ) throws {
    // Mostly what was found says enough.
    let found = entries.flatMap(\.platforms).map(\.platform)
    if !platforms.isEmpty, found.contains(nil) {
      Output.warning(
        "--platform leaves nothing out where no platform is known (\(tag.familiar.shown) in \(reader.path.shown)): "
          + "an artifact has none")
    }
    guard !MissingPlatforms.among(found, asked: platforms).isEmpty else { return }
    let recorded = Array(try reader.platforms(of: tag))
    let missing = MissingPlatforms.among(recorded, asked: platforms)
    guard !missing.isEmpty else { return }
    let there = MissingPlatforms.names(recorded.compactMap(\.self).sorted { $0.description < $1.description })
    Output.warning(
      "never recorded: \(MissingPlatforms.names(missing)) (\(tag.familiar.shown) in \(reader.path.shown)): "
        + (there.isEmpty ? "nothing is recorded of this tag yet" : "recorded are \(there)"))
  }

  func query(now: Timestamp) throws(QuestionError) -> HistoryQuery {
    var query = HistoryQuery(now: now)
    query.platforms = try ReferenceArgument.platforms(platform)
    let zone = output.zone
    query.since = try TimeArgument.parse(since, option: "since", now: now, zone: zone)
    query.until = try TimeArgument.parse(until, option: "until", now: now, zone: zone)
    query.at = try TimeArgument.parse(at, option: "at", now: now, zone: zone)
    try TimeArgument.check(since: query.since, until: query.until, zone: zone)
    query.limit = limit
    query.all = all
    return query
  }
}
