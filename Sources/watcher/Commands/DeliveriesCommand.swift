import ArgumentParser

struct DeliveriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliveries", abstract: "Look at the events on their way to sinks, retry or drop them.",
    discussion: "Example: watcher deliveries list --failed",
    subcommands: [DeliveriesListCommand.self, DeliveriesRetryCommand.self, DeliveriesDropCommand.self])
}
