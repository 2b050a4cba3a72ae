import ArgumentParser

struct DbCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Look after the database.",
    discussion: "Example: watcher db backup /var/backups/watcher.db",
    subcommands: [DbCheckCommand.self, DbBackupCommand.self, DbPruneCommand.self, DbMigrateCommand.self])
}
