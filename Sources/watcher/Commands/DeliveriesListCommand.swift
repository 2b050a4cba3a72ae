import Answers
import ArgumentParser
import History
import Host
import ImageModel
import Questions

struct DeliveriesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show deliveries, oldest first; those that wait or have failed, unless others are named.",
    usage: "watcher deliveries list [<options>] [<event> ...]",
    discussion: "Example: watcher deliveries list --failed --sink ops")

  @OptionGroup var selection: DeliverySelection
  @Flag var states: [DeliveryState] = []
  @Option(
    parsing: .unconditional, help: ArgumentHelp("At most so many, the oldest.", valueName: "number"))
  var limit = 1_000
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func validate() throws {
    guard (1...Limits.listedDeliveries).contains(limit) else {
      throw ValidationError("--limit must be from 1 to \(Limits.listedDeliveries)")
    }
  }

  func run() throws {
    let now = Timestamp.now()
    let query = try selection.query(
      states: states.isEmpty ? [.waiting, .failed] : Set(states), now: now, zone: output.zone)
    TimeArgument.warn(since: query.since, now: now, zone: output.zone)
    let reader = try source.open()
    try DeliverySelection.check(query, in: reader)
    let found = try reader.deliveries(query, limit: limit + 1, now: now)
    let shown = Array(found.prefix(limit))
    try output.print(json: shown.answer, text: DeliveriesRendering(deliveries: shown, now: now).text)
    guard found.count > limit else { return }
    Output.warning("there are more than these \(limit): --limit shows more, --since, --sink or an event others")
  }
}

extension DeliveryState: EnumerableFlag {
  static func name(for state: DeliveryState) -> NameSpecification { .customLong(state.rawValue) }

  static func help(for state: DeliveryState) -> ArgumentHelp? {
    switch state {
    case .waiting: "Those that are still to be made."
    case .failed: "Those that were given up until they are retried."
    case .delivered: "Those that arrived."
    }
  }
}
