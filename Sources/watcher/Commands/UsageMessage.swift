import ArgumentParser
import Config
import ImageModel

/// What is said about a command line that cannot be understood.
enum UsageMessage {
  /// - Parameters:
  ///   - message: of the argument parser.
  ///   - arguments: without the program's name.
  static func text(_ message: String, arguments: [String]) -> String {
    var walk = CommandWalk()
    if let text = missing(&walk, arguments) { return text }
    var what = message.split(separator: "\n").joined(separator: " ").safe()
    var hint = "see '\(walk.line) --help'"
    if let option = unknownOption(what) {
      what = "Unknown option '\(option)'"
      let name = String(option.prefix { $0 != "=" })
      if name.hasPrefix("--"), let meant = nearest(to: name, among: options(of: walk.command)) {
        hint = "did you mean '\(meant)'? '\(walk.line) --help' shows all"
      }
    }
    if what.last == "." { what.removeLast() }
    return "\(what.prefix(1).lowercased())\(what.dropFirst()) (\(walk.line)): \(hint)"
  }

  /// Says of `help` that there is no such command; the parser would show something else instead. `nil` where there is.
  static func unknownHelp(_ arguments: [String]) -> String? {
    guard arguments.first == "help" else { return nil }
    var walk = CommandWalk()
    return missing(&walk, Array(arguments.dropFirst()))
  }

  /// Goes as far as commands are named. Returns what to say if one is not there, or if there has to be one.
  private static func missing(_ walk: inout CommandWalk, _ arguments: [String]) -> String? {
    for name in arguments {
      guard !walk.isComplete else { return nil }
      if CommandWords.isCommon(name) {
        return "a command is missing (\(walk.line)): \(Words.thereAre(walk.next, limit: .max))"
      }
      guard !name.hasPrefix("-") else { return nil }
      guard walk.enter(name) else {
        let what = "there is no command '\(name.safe(limit: 40))' (\(walk.line)): "
        guard let meant = nearest(to: name, among: walk.next) else {
          return what + Words.thereAre(walk.next, limit: .max)
        }
        return what + "did you mean '\(meant)'? '\(walk.line) --help' shows all"
      }
    }
    return nil
  }

  /// The parser has a guess of its own, which is left out.
  private static func unknownOption(_ message: String) -> String? {
    let opening = "Unknown option '"
    guard message.hasPrefix(opening) else { return nil }
    return String(message.dropFirst(opening.count).prefix { $0 != "'" })
  }

  /// The long names of every option of a command, as its help has them.
  private static func options(of command: any ParsableCommand.Type) -> [String] {
    WatcherCommand.helpMessage(for: command, columns: 400).split(separator: "\n").flatMap { line in
      line.split(whereSeparator: { $0 == " " || $0 == "," }).prefix { $0.hasPrefix("-") }
        .filter { $0.hasPrefix("--") }.map(String.init)
    }
  }
}
