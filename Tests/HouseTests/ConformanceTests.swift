import Foundation
import Testing

/// `docs/conformance.md` names a test for each rule of the protocol: one that is gone proves nothing.
@Suite struct ConformanceTests {
  private static let ways: Set<String> = ["scripted", "docker-registry", "live"]

  @Test func eachRuleHasATestThatIsThere() throws {
    let rows = Self.rules(in: try House.text("docs/conformance.md"))
    #expect(rows.count > 100)
    House.expectNone(Self.faults(rows, in: try House.tests("swift")))
  }

  @Test func whatIsNotThereIsFound() {
    let files = [House.SourceFile("Tests/A/B.swift", "@Suite(\"b\") struct BTests {\n  @Test func works() {}\n}\n")]
    let text = """
      | Rule | Test | Ways |
      |---|---|---|
      | one | `BTests/works` | scripted, live |
      | two | `BTests/fails`, `BTests/works` | scripted |
      | three | `CTests/works` | docker-registry |
      | four | by hand | scripted |
      | five | `BTests/works` | a hunch |
      """
    #expect(
      Self.faults(Self.rules(in: text), in: files) == [
        "two: there is no BTests/fails", "three: there is no CTests/works", "four: no test is named",
        "five: there is no way \"a hunch\"",
      ])
  }

  private struct Rule {
    let words: String
    let tests: [String]
    let ways: [String]
  }

  private static func rules(in document: String) -> [Rule] {
    document.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard line.hasPrefix("| "), cells.count == 3, cells[0] != "Rule" else { return nil }
      let tests = cells[1].matches(of: /`(\w+\/\w+)`/).map { String($0.output.1) }
      return Rule(words: cells[0], tests: tests, ways: cells[2].components(separatedBy: ", "))
    }
  }

  private static func faults(_ rules: [Rule], in files: [House.SourceFile]) -> [String] {
    rules.flatMap { rule in
      var faults = rule.tests.filter { !isThere($0, in: files) }.map { "there is no \($0)" }
      if rule.tests.isEmpty { faults.append("no test is named") }
      faults += rule.ways.filter { !ways.contains($0) }.map { "there is no way \"\($0)\"" }
      return faults.map { "\(rule.words): \($0)" }
    }
  }

  private static func isThere(_ name: String, in files: [House.SourceFile]) -> Bool {
    let parts = name.split(separator: "/")
    return files.contains { file in
      file.text.contains("struct \(parts[0]) {") && file.text.contains("func \(parts[1])(")
    }
  }
}
