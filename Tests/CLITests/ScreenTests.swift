import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import watcher

/// What commands print is kept in `screens`, for people to read, with and without colours.
@Suite struct ScreenTests {
  private static let widths = [60, 80, 160]
  private static let remedy =
    "read what it is now: git diff, after WATCHER_WRITE_SCREENS=1 swift test --filter ScreenTests"

  private static func path(_ name: String) -> String { ProjectFile.path("Tests/CLITests/screens/\(name).txt") }

  private static func check(_ name: String, _ text: String) throws {
    if ProcessInfo.processInfo.environment["WATCHER_WRITE_SCREENS"] != nil {
      try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: path(name), encoding: .utf8) == text, "\(remedy)")
  }

  private static func isTidy(_ text: String, width: Int) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      #expect(line.unicodeScalars.count <= width && line.last != " ", "\(width): \(line)")
    }
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
  }

  @Test(arguments: Screens.all) func isAsItIsKept(_ screen: Screens.Screen) throws {
    var sections: [String] = []
    for width in Self.widths {
      let plain = try screen.text(TextFormat(width: width))
      let painted = try screen.text(TextFormat(style: Style(isOn: true), width: width))
      Self.isTidy(plain, width: width)
      #expect(painted.replacing(/\u{1b}\[[0-9]*m/, with: "") == plain, "colours add nothing else")
      sections.append("=== \(width) columns\n\(plain)")
      sections.append("=== \(width) columns, in colour\n\(painted.replacing("\u{1b}", with: "\\e"))")
    }
    try Self.check(screen.name, sections.joined(separator: "\n"))
  }

  @Test(arguments: HelpTests.cases) func helpIsAsItIsKept(_ one: HelpTests.Case) throws {
    let sections = Self.widths.map { width in
      let text = WatcherCommand.helpMessage(for: one.command, columns: width)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      // The parser does not fold its last line.
      for line in lines where !line.hasPrefix("  See 'watcher help ") {
        #expect(line.count <= width && line.last != " ", "\(width): \(line)")
      }
      return "=== \(width) columns\n\(text)"
    }
    try Self.check("help/\(one.path.joined(separator: "-"))", sections.joined(separator: "\n") + "\n")
  }

  /// None that nothing is printed of any more.
  @Test func noScreenIsLeftOver() throws {
    let kept = try FileManager.default.subpathsOfDirectory(atPath: ProjectFile.path("Tests/CLITests/screens"))
      .filter { $0.hasSuffix(".txt") }
    let names = Screens.all.map(\.name) + HelpTests.cases.map { "help/\($0.path.joined(separator: "-"))" }
    #expect(Set(kept) == Set(names.map { "\($0).txt" }))
  }
}
