import ArgumentParser

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Look into the configuration.",
    discussion: "Example: watcher config check --config config.example.json",
    subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self])
}

struct DbCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Look after the database.",
    discussion: "Example: watcher db backup /var/backups/watcher.db",
    subcommands: [DbCheckCommand.self, DbBackupCommand.self, DbPruneCommand.self, DbMigrateCommand.self])
}

struct DeliveriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliveries", abstract: "Look at the events on their way to sinks, retry or drop them.",
    discussion: "Example: watcher deliveries list --failed",
    subcommands: [DeliveriesListCommand.self, DeliveriesRetryCommand.self, DeliveriesDropCommand.self])
}

struct SinksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sinks", abstract: "Look at the places where events go.",
    discussion: "Example: watcher sinks test ops",
    subcommands: [SinksListCommand.self, SinksTestCommand.self])
}
