import Foundation
import ImageModel
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
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let guide = try String(contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
    let sections = guide.components(separatedBy: "\n## ")
    let section = try #require(sections.first { $0.hasPrefix("Troubleshooting: \(heading)\n") })
    return section.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
      .map { $0.split(separator: "|")[0].trimmingCharacters(in: .whitespaces) }
  }
}
