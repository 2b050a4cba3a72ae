import Foundation
import TestSupport
import Testing

/// `docs/watcher.schema.json` in the hands of a library that others wrote.
enum SchemaValidator {
  static let python = ProcessInfo.processInfo.environment["WATCHER_RECEIVER_PYTHON"]

  /// For each document `valid`, or what is wrong.
  static func verdicts(on documents: [JSONDocument]) throws -> [String] {
    let directory = try TemporaryDirectory()
    func file(_ name: String) -> String { "\(directory.path)/\(name)" }
    let lines = documents.map { Data($0.bytes).base64EncodedString() + "\n" }.joined()
    try Data(lines.utf8).write(to: URL(filePath: file("in")))
    let script = ProjectFile.path("Tests/ConfigTests/fixtures/validate.py")
    let child = try Child(
      try #require(python), [script, ProjectFile.path("docs/watcher.schema.json")], stdin: file("in"),
      stdout: file("out"), stderr: file("err"))
    let status = try child.finish(within: 240)
    let complaint = try String(contentsOfFile: file("err"), encoding: .utf8)
    try #require(status == 0, "\(complaint)")
    let verdicts = try String(contentsOfFile: file("out"), encoding: .utf8).split(separator: "\n").map(String.init)
    try #require(verdicts.count == documents.count)
    return verdicts
  }
}
