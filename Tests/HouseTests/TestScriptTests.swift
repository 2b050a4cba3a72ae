import Foundation
import Testing

/// `scripts/lib/tests.sh` names what is long or judges time; what has another name now would be neither.
@Suite struct TestScriptTests {
  @Test func whatItNamesIsThere() throws {
    let names = Self.names(in: try House.text("scripts/lib/tests.sh"))
    #expect(names.count > 5)
    House.expectNone(Self.unknown(names, in: try House.tests("swift")))
  }

  @Test func whatIsNotThereIsFound() {
    let files = [House.SourceFile("Tests/ATests/B.swift", "@Suite struct OneTests {\n  @Test func works() {}\n}\n")]
    let names = Self.names(
      in: """
        timed_tests=(
          ATests.OneTests/works
          ATests.OneTests/doesNot
          BTests.OneTests
        )
        other=(CTests)
        long_tests=(
          ATests.OneTests
          ATests.TwoTests
          ATests
          BTests
        )
        """)
    #expect(names.count == 7)
    #expect(
      Self.unknown(names, in: files) == [
        "there is no ATests.OneTests/doesNot", "there is no BTests.OneTests", "there is no ATests.TwoTests",
        "there is no BTests",
      ])
  }

  private static func unknown(_ names: [String], in files: [House.SourceFile]) -> [String] {
    names.filter { name in
      let parts = name.split { $0 == "." || $0 == "/" }
      return !files.contains { file in
        file.room == parts[0] && (parts.count < 2 || file.text.contains("struct \(parts[1]) {"))
          && (parts.count < 3 || file.text.contains("func \(parts[2])("))
      }
    }.map { "there is no \($0)" }
  }

  private static func names(in script: String) -> [String] {
    script.matches(of: /(?m)^(?:timed|long)_tests=\(\n([^)]*)\n\)$/).flatMap { list in
      list.output.1.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }
}
