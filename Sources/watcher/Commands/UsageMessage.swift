import ArgumentParser
import ImageModel

/// What is said about a command line that cannot be understood.
enum UsageMessage {
  /// - Parameters:
  ///   - message: of the argument parser.
  ///   - arguments: without the program's name.
  static func text(_ message: String, arguments: [String]) -> String {
    var command = "watcher"
    var commands = WatcherCommand.configuration.subcommands
    for name in arguments {
      guard !commands.isEmpty, !name.hasPrefix("-") else { break }
      guard let next = commands.first(where: { $0.configuration.commandName == name }) else {
        let names = Words.thereAre(commands.compactMap { $0.configuration.commandName }, limit: .max)
        return "there is no command '\(name.safe(limit: 40))' (\(command)): \(names)"
      }
      command += " " + name
      commands = next.configuration.subcommands
    }
    var what = message.split(separator: "\n").joined(separator: " ").safe()
    if what.last == "." { what.removeLast() }
    return "\(what.prefix(1).lowercased())\(what.dropFirst()) (\(command)): see '\(command) --help'"
  }
}
