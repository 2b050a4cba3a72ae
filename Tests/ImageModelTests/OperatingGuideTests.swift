import ImageModel
import TestSupport
import Testing

/// `docs/operating.md` says what to do about every code there is.
@Suite struct OperatingGuideTests {
  @Test func everyErrorCodeIsThere() throws {
    #expect(try Self.firstColumn(below: "error codes") == CheckFailure.Code.allCases.map { "`\($0.rawValue)`" })
  }

  @Test func everyExitCodeIsThere() throws {
    let codes = try Self.firstColumn(below: "exit codes").compactMap { Int32($0) }
    #expect(codes == ExitCode.allCases.map(\.rawValue).sorted())
  }

  private static func firstColumn(below heading: String) throws -> [String] {
    try MarkdownTable.rows(below: "## Troubleshooting: \(heading)", in: ProjectFile.text("docs/operating.md")).map {
      $0[0]
    }
  }
}
