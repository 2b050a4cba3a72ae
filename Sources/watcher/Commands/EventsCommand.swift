import ArgumentParser
import History
import Host
import ImageModel

struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show recorded events, oldest first.",
    usage: "watcher events [<options>]",
    discussion: """
      With --json the documents, as sinks are sent them, one a line.
      Example: watcher events --tag amazonlinux --since 1d --json
      """)

  @Option(help: ArgumentHelp("Only events of this tag; may be repeated.", valueName: "tag"))
  var tag: [String] = []
  @Option(
    help: ArgumentHelp(
      "Only events of this type, in which * stands for any part; may be repeated.", valueName: "pattern"))
  var type: [String] = []
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only events recorded at this time or later: \(TimeArgument.help).", valueName: "time"))
  var since: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only events after the one with this sequence.", valueName: "sequence"))
  var after: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("At most so many, the oldest.", valueName: "number"))
  var limit: Int?
  @Flag(help: "Go on with what is recorded later, until SIGINT or SIGTERM.")
  var follow = false
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
  }

  func run() throws {
    var listing = EventListing(
      query: try query(now: .now()), left: limit ?? .max,
      text: output.output.json ? nil : EventText(format: output.format))
    guard !follow else { return try EventFollower(path: source.path()).run(&listing) }
    let reader = try source.open()
    try listing.look(reader) { try Output.write($0.flatMap { $0 }) }
    guard listing.isEmpty else { return }
    try checkTags(listing.query.tags, reader)
    if !output.output.json { try Output.write(Array("no such events are recorded\n".utf8)) }
  }

  func query(now: Timestamp) throws(CommandError) -> EventQuery {
    var query = EventQuery()
    query.tags = try ReferenceArgument.tags(tag) ?? []
    query.types = try TypeArgument.types(type)
    query.since = try TimeArgument.parse(since, option: "since", now: now)
    if let after { query.after = try SequenceArgument.parse(after, option: "after") }
    return query
  }

  private func checkTags(_ tags: [TagReference], _ reader: HistoryReader) throws {
    guard let unknown = try reader.unknown(tags).first else { return }
    let hint = try KnownTags.hint(for: unknown, in: reader)
    throw CommandError(
      .notFound,
      "nothing is known of this tag (\(unknown.description.shown) in \(reader.path.shown)): \(hint)")
  }
}
