import ArgumentParser
import ImageModel

/// The command line before it is parsed, without the program's name.
enum CommandWords {
  /// Options of most commands, which may also stand before the command's name; true where a value follows.
  private static let common = [
    "--config": true, "--database": true, "--color": true, "--json": false, "--full": false, "--local": false,
  ]

  /// Puts options that stand before the command's name behind it, where the parser looks for them. Everything else
  /// stays as it is, and in its order.
  static func arranged(_ arguments: [String]) -> [String] {
    guard !arguments.contains(where: { $0.hasPrefix("---") }) else { return arguments }
    var early: [String] = []
    var walk = CommandWalk()
    var rest = arguments[...]
    while let word = rest.first, !walk.isComplete {
      if let length = length(ofOption: word) {
        early += rest.prefix(length)
        rest = rest.dropFirst(length)
      } else if walk.enter(word) {
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    // Where no command is named, the mistake that is nearest to it is to be told first.
    return walk.isComplete ? walk.names + early + rest : walk.names + rest + early
  }

  /// Whether it is one of the options that may stand before a command's name.
  static func isCommon(_ word: String) -> Bool { length(ofOption: word) != nil }

  /// Of a common option with its value, in words.
  private static func length(ofOption word: String) -> Int? {
    let parts = word.split(separator: "=", maxSplits: 1)
    guard let name = parts.first, let hasValue = common[String(name)] else { return nil }
    return hasValue && parts.count == 1 ? 2 : 1
  }
}

/// How far the names of commands go, group and command.
struct CommandWalk {
  private(set) var names: [String] = []
  private(set) var command: any ParsableCommand.Type = WatcherCommand.self

  var isComplete: Bool { command.configuration.subcommands.isEmpty }

  /// What could come next.
  var next: [String] { command.configuration.subcommands.compactMap { $0.configuration.commandName } }

  /// As people write it: `watcher db backup`.
  var line: String { (["watcher"] + names).joined(separator: " ") }

  /// False where there is no such command.
  mutating func enter(_ name: String) -> Bool {
    guard let found = command.configuration.subcommands.first(where: { $0.configuration.commandName == name }) else {
      return false
    }
    names.append(name)
    command = found
    return true
  }
}
