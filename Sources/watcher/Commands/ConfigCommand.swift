import ArgumentParser

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Look into the configuration.",
    discussion: "Example: watcher config check --config config.example.json",
    subcommands: [ConfigCheckCommand.self])
}
