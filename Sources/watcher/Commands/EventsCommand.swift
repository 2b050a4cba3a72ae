import ArgumentParser
import History
import Host
import ImageModel
import Questions

struct EventsCommand: ParsableCommand {
  /// What `tail` begins with as well.
  private static let usualLast = 10

  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show recorded events, oldest first.",
    usage: "watcher events [<options>]",
    discussion: """
      With --json the documents, as sinks are sent them, one a line.
      Example: watcher events --tag amazonlinux --since 1d --json
      """)

  @Option(
    help: ArgumentHelp("Only events of this tag; may be repeated.", valueName: "tag"), completion: Completions.tags)
  var tag: [String] = []
  @Option(
    help: ArgumentHelp(
      "Only this type: watcher.image.changed, image.changed, image.*, changed; may be repeated.",
      valueName: "pattern"), completion: Completions.eventTypes)
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
  @Option(parsing: .unconditional, help: ArgumentHelp("At most so many, the newest.", valueName: "number"))
  var last: Int?
  @Flag(help: "Begin with the last ten, and go on with what is recorded later.")
  var follow = false
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    if let last, last < 1 { throw ValidationError("--last must be 1 or more") }
    if limit != nil && last != nil { throw ValidationError("say --limit (the oldest) or --last (the newest)") }
  }

  func run() throws {
    let now = Timestamp.now()
    var listing = EventListing(
      query: try query(now: now), last: begin, left: limit ?? (follow ? nil : last) ?? .max,
      text: output.output.json ? nil : EventText(format: output.format))
    TimeArgument.warn(since: listing.query.since, now: now, zone: output.zone)
    guard !follow else { return try EventFollower(path: source.path()).run(&listing) }
    let reader = try source.open()
    try listing.look(reader) { try Output.write($0.flatMap { $0 }) }
    guard listing.isEmpty else { return }
    try KnownTags.check(listing.query.tags, in: reader)
    if !output.output.json { try Output.print("no such events are recorded\n") }
  }

  /// With how many of the newest to begin; `nil` for the oldest. Nobody who follows wants all that ever was.
  var begin: Int? {
    last ?? (follow && since == nil && after == nil ? Self.usualLast : nil)
  }

  func query(now: Timestamp) throws(QuestionError) -> EventQuery {
    var query = EventQuery()
    query.tags = try ReferenceArgument.tags(tag) ?? []
    query.types = try TypeArgument.types(type)
    query.since = try TimeArgument.parse(since, option: "since", now: now, zone: output.zone)
    if let after { query.after = try SequenceArgument.parse(after, option: "after") }
    return query
  }
}
