import Answers
import ArgumentParser
import History
import Host
import ImageModel

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show which images a tag has named, and from when to when.",
    discussion: "Example: watcher history amazonlinux --since 30d")

  @Argument(help: "A tag: amazonlinux, ghcr.io/o/i:1")
  var tag: String
  @Option(help: ArgumentHelp("Only this platform; may be repeated.", valueName: "os/arch"))
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
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
  }

  func run() throws {
    let tag = try ReferenceArgument.tag(tag)
    let query = try query(now: .now())
    let reader = try source.open()
    guard let entries = try reader.history(tag, query) else {
      let hint = try KnownTags.hint(for: tag, in: reader)
      throw CommandError(
        .notFound, "nothing is known of this tag (\(tag.description.shown) in \(reader.path.shown)): \(hint)")
    }
    let rendering = HistoryRendering(tag: tag, platforms: query.platforms, entries: entries)
    try output.print(json: HistoryAnswer(tag: tag, entries: entries).json, text: rendering.text)
    try warnOfPlatforms(query.platforms, tag, entries, reader)
  }

  /// A platform that was never recorded may be mistyped; that its history is empty would not tell.
  private func warnOfPlatforms(
    _ platforms: [Platform], _ tag: TagReference, _ entries: [HistoryEntry], _ reader: HistoryReader
  ) throws {
    // Mostly what was found says enough.
    let found = entries.flatMap(\.platforms).map(\.platform)
    guard !MissingPlatforms.among(found, asked: platforms).isEmpty else { return }
    let recorded = Array(try reader.platforms(of: tag))
    let missing = MissingPlatforms.among(recorded, asked: platforms)
    guard !missing.isEmpty else { return }
    let there = MissingPlatforms.names(recorded.compactMap(\.self).sorted { $0.description < $1.description })
    Output.warning(
      "never recorded: \(MissingPlatforms.names(missing)) (\(tag.description.shown) in \(reader.path.shown)): "
        + (there.isEmpty ? "nothing is recorded of this tag yet" : "recorded are \(there)"))
  }

  func query(now: Timestamp) throws(CommandError) -> HistoryQuery {
    var query = HistoryQuery()
    query.platforms = try ReferenceArgument.platforms(platform)
    query.since = try TimeArgument.parse(since, option: "since", now: now)
    query.until = try TimeArgument.parse(until, option: "until", now: now)
    query.at = try TimeArgument.parse(at, option: "at", now: now)
    query.limit = limit
    query.all = all
    return query
  }
}
