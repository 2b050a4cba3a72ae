import ArgumentParser

struct SinksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sinks", abstract: "Look at the places where events go.",
    discussion: "Example: watcher sinks test ops",
    subcommands: [SinksListCommand.self, SinksTestCommand.self])
}
