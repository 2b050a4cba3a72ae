import Foundation
import Testing

/// `docs/registries.md` names at its end a test for each rule of the protocol: one that is gone proves nothing.
@Suite struct ConformanceTests {
  @Test func eachRuleHasATestThatIsThere() throws {
    let parts = try House.text("docs/registries.md").components(separatedBy: "\n## Which test holds which rule\n")
    try #require(parts.count == 2)
    let rows = Self.rules(in: parts[1])
    #expect(rows.count > 100)
    House.expectNone(Self.faults(rows, in: try House.tests("swift")))
  }

  @Test func whatIsNotThereIsFound() {
    let files = [
      House.SourceFile("Tests/A/B.swift", "@Suite(\"b\") struct BTests {\n  @Test func works() {}\n}\n"),
      House.SourceFile("Tests/BlackBoxTests/Real.swift", "@Suite struct RealTests {\n  @Test func works() {}\n}\n"),
      House.SourceFile("Tests/A/L.swift", "@Suite struct LiveTests {\n  @Test func aPublicTagIsThere() {}\n}\n"),
    ]
    let text = """
      | Rule | Test | Ways |
      |---|---|---|
      | one | `BTests/works` | scripted |
      | two | `BTests/fails`, `BTests/works` | scripted |
      | three | `CTests/works` | docker-registry |
      | four | by hand | scripted |
      | five | `RealTests/works`, `BTests/works` | scripted, docker-registry |
      | six | `RealTests/works`, `LiveTests/aPublicTagIsThere` | scripted, docker-registry |
      """
    #expect(
      Self.faults(Self.rules(in: text), in: files) == [
        "two: there is no BTests/fails", "three: there is no CTests/works", "four: no test is named",
        "four: it is tried no way", "six: it is tried docker-registry, live",
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
      let places = rule.tests.map { (name: $0, way: way(of: $0, in: files)) }
      var faults = places.filter { $0.way == nil }.map { "there is no \($0.name)" }
      if rule.tests.isEmpty { faults.append("no test is named") }
      let found = ways.filter { way in places.contains { $0.way == way } }
      if !places.contains(where: { $0.way == nil }), rule.ways != found {
        faults.append("it is tried \(found.isEmpty ? "no way" : found.joined(separator: ", "))")
      }
      return faults.map { "\(rule.words): \($0)" }
    }
  }

  private static let ways = ["scripted", "docker-registry", "live"]

  /// In which way a test tries its rule; `nil` where it is not there.
  private static func way(of name: String, in files: [House.SourceFile]) -> String? {
    let parts = name.split(separator: "/")
    let file = files.first { file in
      file.text.contains("struct \(parts[0]) {") && file.text.contains("func \(parts[1])(")
    }
    guard let file else { return nil }
    if name == "LiveTests/aPublicTagIsThere" { return "live" }
    return file.path.hasPrefix("Tests/BlackBoxTests/Real") ? "docker-registry" : "scripted"
  }
}
