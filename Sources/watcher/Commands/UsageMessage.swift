import ImageModel

/// What is said about a command line that cannot be understood.
enum UsageMessage {
  /// - Parameters:
  ///   - message: of the argument parser.
  ///   - arguments: without the program's name.
  static func text(_ message: String, arguments: [String]) -> String {
    let names = WatcherCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    var command = "watcher"
    if let name = arguments.first, !name.hasPrefix("-") {
      guard names.contains(name) else {
        return "there is no command '\(name.safe(limit: 40))' (watcher): there are \(names.joined(separator: ", "))"
      }
      command += " " + name
    }
    var what = message.split(separator: "\n").joined(separator: " ").safe()
    if what.last == "." { what.removeLast() }
    return "\(what.prefix(1).lowercased())\(what.dropFirst()) (\(command)): see '\(command) --help'"
  }
}
