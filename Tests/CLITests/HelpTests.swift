import ArgumentParser
import Testing

@testable import watcher

/// What `--help` shows, and what the man pages are made of.
@Suite struct HelpTests {
  private static let screen = (columns: 80, lines: 40)

  struct Case: CustomTestStringConvertible {
    let path: [String]
    let command: any ParsableCommand.Type
    var testDescription: String { path.joined(separator: " ") }
    var help: String { WatcherCommand.helpMessage(for: command, columns: HelpTests.screen.columns) }
  }

  static let cases = cases(["watcher"], WatcherCommand.self)

  private static func cases(_ path: [String], _ command: any ParsableCommand.Type) -> [Case] {
    [Case(path: path, command: command)]
      + command.configuration.subcommands.flatMap { cases(path + [$0.configuration.commandName ?? ""], $0) }
  }

  @Test(arguments: cases) func fitsAScreen(_ one: Case) {
    let lines = one.help.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= Self.screen.lines)
    #expect(lines.allSatisfy { $0.count <= Self.screen.columns }, "\(one.help)")
  }

  /// One that is a command line of this very command, or of one below it.
  @Test(arguments: cases) func showsAnExample(_ one: Case) throws {
    let mark = "Example: "
    let line = try #require(one.help.split(separator: "\n").first { $0.hasPrefix(mark) }, "\(one.help)")
    let words = line.dropFirst(mark.count).split(separator: " ").map(String.init)
    #expect(words.starts(with: one.path))
    let parsed = try WatcherCommand.parseAsRoot(Array(words.dropFirst()))
    if one.command.configuration.subcommands.isEmpty { #expect(type(of: parsed) == one.command) }
  }

  /// A usage that is written by hand begins as the generated ones do.
  @Test(arguments: cases) func usageNamesTheCommand(_ one: Case) {
    #expect(one.help.contains("USAGE: \(one.path.joined(separator: " "))"))
  }
}
