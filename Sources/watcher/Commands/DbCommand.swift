import ArgumentParser

struct DbCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Look after the database.",
    discussion: "Example: watcher db prune",
    subcommands: [DbPruneCommand.self])
}
