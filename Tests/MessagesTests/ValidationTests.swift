import Foundation
import Messages
import TestSupport
import Testing

/// The golden bodies in the hands of libraries that others wrote: Slack's own models, the schema of Adaptive Cards, JSON
/// Schemas after the documentation of the others; and Apprise, which says the same in the same places.
@Suite(
  .enabled(
    if: Others.python != nil, "scripts/test makes a Python with the libraries and sets WATCHER_RECEIVER_PYTHON"
  ),
  .timeLimit(.minutes(3)))
struct ValidationTests {
  private func lines(_ script: String) throws -> [String] {
    let directory = try TemporaryDirectory()
    let (out, err) = (directory.path + "/out", directory.path + "/err")
    let child = try Child(
      try #require(Others.python), [ProjectFile.path("Tests/MessagesTests/others/\(script)")],
      environment: ["PATH": "/usr/bin:/bin", "HOME": directory.path], stdout: out, stderr: err)
    let status = try child.finish(within: 120)
    let complaint = try String(contentsOfFile: err, encoding: .utf8)
    #expect(status == 0, "\(complaint)")
    return try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func eachIsValid() throws {
    let verdicts = try lines("validate.py")
    #expect(verdicts.count == MessageFormat.all.count * SampleDocuments.all.count)
    #expect(verdicts.filter { !$0.hasSuffix(": valid") } == [])
  }

  @Test func othersSayTheSame() throws {
    let verdicts = try lines("apprise_compare.py")
    #expect(verdicts.count == 2 * SampleDocuments.all.count)
    #expect(verdicts.filter { !$0.hasSuffix(": same") } == [])
  }
}

private enum Others {
  static let python = ProcessInfo.processInfo.environment["WATCHER_RECEIVER_PYTHON"]
}
