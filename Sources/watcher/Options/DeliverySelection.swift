import ArgumentParser
import History
import ImageModel
import Questions

/// Which deliveries a command is about.
struct DeliverySelection: ParsableArguments {
  @Argument(help: ArgumentHelp("Those of this event, by its id or its sequence; may be several.", valueName: "event"))
  var events: [String] = []
  @Option(help: ArgumentHelp("Those to this sink; may be repeated.", valueName: "name"), completion: Completions.sinks)
  var sink: [String] = []
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Those of events recorded then or later: \(TimeArgument.help).", valueName: "time"))
  var since: String?

  var isEmpty: Bool { events.isEmpty && sink.isEmpty && since == nil }

  func query(
    states: Set<DeliveryState>, now: Timestamp, zone: TimeText = TimeText(isLocal: false)
  ) throws(QuestionError) -> DeliveryQuery {
    var query = DeliveryQuery(states: states)
    query.events = events.map { text in SequenceArgument.number(text).map { .sequence($0) } ?? .id(text) }
    query.sinks = sink
    query.since = try TimeArgument.parse(since, option: "since", now: now, zone: zone)
    return query
  }

  /// What is mistyped selects nothing, which should not look like an answer.
  static func check(_ query: DeliveryQuery, in reader: HistoryReader) throws {
    try SinkNames.check(query.sinks, known: try reader.sinkNames(), source: reader.path)
    let unknown = try reader.unrecorded(query.events)
    guard unknown.isEmpty else {
      throw CommandError(
        .notFound,
        "no such event (\(Words.list(unknown.map { $0.description.shown }, limit: 5)) in \(reader.path.shown)): "
          + "'watcher events' shows their sequences, with --json their ids")
    }
  }
}

/// Sinks named on the command line.
enum SinkNames {
  /// - Throws: status 66 when one of `names` is not among those that are known.
  static func check(_ names: [String], known: [String], source: String) throws(CommandError) {
    let unknown = names.filter { !known.contains($0) }
    guard !unknown.isEmpty else { return }
    throw CommandError(
      .notFound,
      "no such sink (\(Words.list(unknown.map(\.shown), limit: 5)) in \(source.shown)): "
        + Words.thereAre(known.map(\.shown), limit: 12))
  }
}
