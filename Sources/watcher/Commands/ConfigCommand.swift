import ArgumentParser

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Look into the configuration.", subcommands: [ConfigCheckCommand.self])
}
