import ArgumentParser
import History
import ImageModel

struct DeliveriesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show deliveries, oldest first; those that wait or have failed, unless others are named.",
    usage: "watcher deliveries list [<options>] [<event> ...]",
    discussion: "Example: watcher deliveries list --failed --sink ops")

  @OptionGroup var selection: DeliverySelection
  @Flag var states: [DeliveryState] = []
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func run() throws {
    let now = Timestamp.now()
    let query = try selection.query(states: states.isEmpty ? [.waiting, .failed] : Set(states), now: now)
    let reader = try source.open()
    try DeliverySelection.check(query, in: reader)
    let rendering = DeliveriesRendering(deliveries: try reader.deliveries(query), now: now)
    try output.print(json: rendering.json, text: rendering.text)
  }
}

extension DeliveryState: EnumerableFlag {
  public static func name(for state: DeliveryState) -> NameSpecification { .customLong(state.rawValue) }

  public static func help(for state: DeliveryState) -> ArgumentHelp? {
    switch state {
    case .waiting: "Those that are still to be made."
    case .failed: "Those that were given up until they are retried."
    case .delivered: "Those that arrived."
    }
  }
}
