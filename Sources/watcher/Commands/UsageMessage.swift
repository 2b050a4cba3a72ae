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
    if let (value, choices) = choices(message) {
      what = String(what.prefix { $0 != "." })
      hint =
        nearest(to: value, among: choices).map { "did you mean '\($0)'?" }
        ?? "it is one of \(choices.joined(separator: ", "))"
    }
    if let option = unknownOption(what) {
      what = "Unknown option '\(option)'"
      let name = name(option)
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

  /// Says of an option with one value that it is given twice; the parser would take the last one. `nil` where none is.
  static func repeatedOption(_ arguments: [String]) -> String? {
    let words = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map(name)
    guard Set(words).count < words.count, !words.contains(where: { $0.hasPrefix("---") }) else { return nil }
    var walk = CommandWalk()
    var rest = arguments[...]
    while let word = rest.first, walk.enter(word) { rest = rest.dropFirst() }
    let lines = optionLines(of: walk.command)
    var seen: Set<String> = []
    while let word = rest.popFirst(), word != "--" {
      let name = name(word)
      guard let line = lines.first(where: { $0.contains("\(name) <") }) else { continue }
      if name == word { _ = rest.popFirst() }
      guard !line.contains("may be repeated"), !seen.insert(name).inserted else { continue }
      return "\(name) is given twice (\(walk.line)): say it once"
    }
    return nil
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

  /// Of a value that is none of several, which the parser lists on lines of their own.
  private static func choices(_ message: String) -> (value: String, choices: [String])? {
    let lines = message.split(separator: "\n")
    let choices = lines.filter { $0.hasPrefix("  - ") }.map { String($0.dropFirst(4)) }
    let value = message.drop { $0 != "'" }.dropFirst().prefix { $0 != "'" }
    return choices.isEmpty ? nil : (String(value), choices)
  }

  /// The parser has a guess of its own, which is left out.
  private static func unknownOption(_ message: String) -> String? {
    let opening = "Unknown option '"
    guard message.hasPrefix(opening) else { return nil }
    return String(message.dropFirst(opening.count).prefix { $0 != "'" })
  }

  /// The long names of every option of a command, as its help has them.
  private static func options(of command: any ParsableCommand.Type) -> [String] {
    optionLines(of: command).flatMap { line in
      line.split(whereSeparator: { $0 == " " || $0 == "," }).prefix { $0.hasPrefix("-") }
        .filter { $0.hasPrefix("--") }.map(String.init)
    }
  }

  /// A line of its help for each: `  --sink <name>  Those to this sink; may be repeated.`
  private static func optionLines(of command: any ParsableCommand.Type) -> [Substring] {
    WatcherCommand.helpMessage(for: command, columns: 400).split(separator: "\n").filter { $0.hasPrefix("  -") }
  }

  /// Of an option, without the value that may be joined to it.
  private static func name(_ word: String) -> String { String(word.prefix { $0 != "=" }) }
}
