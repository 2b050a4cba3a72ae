import Foundation
import History
import ImageModel
import TestSupport
import Testing

@testable import watcher

/// The built program: what it exits with, and what it says where.
@Suite struct ProcessTests {
  private struct Outcome {
    let status: Int32
    let stdout: String
    let stderr: String
  }

  private let directory: URL
  private let database: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("watcher-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    database = directory.appendingPathComponent("watcher.db").path
  }

  /// Runs `watcher` by way of a shell, so that pipes and devices can be tried.
  private func shell(_ line: String, _ environment: [String: String] = [:]) throws -> Outcome {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let environment = [
      "PATH": "\(tests.deletingLastPathComponent().path):/usr/bin:/bin", "HOME": directory.path, "DB": database,
    ].merging(environment) { $1 }
    let (out, err) = (directory.appendingPathComponent("out"), directory.appendingPathComponent("err"))
    for file in [out, err] { try Data().write(to: file) }
    let shell = try Child("/bin/bash", ["-c", line], environment: environment, stdout: out.path, stderr: err.path)
    return Outcome(
      status: try shell.finish(), stdout: try String(contentsOf: out, encoding: .utf8),
      stderr: try String(contentsOf: err, encoding: .utf8))
  }

  private func removeFiles() { try? FileManager.default.removeItem(at: directory) }

  @Test(
    arguments: [
      ("watcher --version", 0, "watcher "), ("watcher --help", 0, "OVERVIEW: "), ("watcher", 0, "OVERVIEW: "),
      ("watcher config", 0, "OVERVIEW: Look into the configuration."),
      ("watcher help history", 0, "OVERVIEW: "), ("watcher config check --help", 0, "OVERVIEW: "),
      ("watcher chek", 64, "there is no command 'chek' (watcher): did you mean 'check'? "),
      ("watcher help bogus", 64, "there is no command 'bogus' (watcher): there are run, "),
      ("watcher --database /usr history a", 65, "a directory is no database (/usr): "),
      ("watcher config check /nowhere", 78, "cannot read the configuration (/nowhere: No such file or directory): "),
      ("watcher config check a --config b", 64, "name the configuration once (watcher config check): see "),
      ("watcher check -q", 64, "unknown option '-q' (watcher check): see 'watcher check --help'"),
      ("watcher resolve", 64, "missing expected argument '<image>' (watcher resolve): see 'watcher resolve --help'"),
      ("watcher check --frobnicate", 64, "unknown option '--frobnicate' (watcher check): see 'watcher check --help'"),
      ("watcher check A", 64, "not an image reference (A): repository names are lower case; write a"),
      ("watcher history a --limit 0", 64, "--limit must be 1 or more (watcher history): see 'watcher history --help'"),
      ("watcher history a --since tomorrow", 64, "not a time (--since tomorrow): write a time ("),
      ("watcher history a --since -5m", 64, "not a time (--since -5m): write a time ("),
      ("watcher history a --until 5", 64, "not a time (--until 5): write a time ("),
      ("watcher history a --at -1", 64, "not a time (--at -1): write a time ("),
      ("watcher history a --limit -1", 64, "--limit must be 1 or more (watcher history): see "),
      ("watcher run --database ''", 64, "--database must name a file (watcher run): see 'watcher run --help'"),
      ("watcher check --database ''", 64, "--database must name a file (watcher check): see "),
      ("watcher history a --database ''", 64, "--database must name a file (watcher history): see "),
      ("watcher status --database ''", 64, "--database must name a file (watcher status): see "),
      ("watcher resolve a --config ''", 64, "--config must name a file (watcher resolve): see "),
      ("watcher config check --config ''", 64, "--config must name a file (watcher config check): see "),
      (
        "watcher history a --database /usr", 65,
        "a directory is no database (/usr): name a file, as in --database /usr/"
      ),
      ("watcher resolve a --platform x", 64, "not a platform (x): write os/arch"),
      ("watcher resolve a --raw --json", 64, "--raw and --json exclude each other"),
      ("watcher status --color blue", 64, "the value 'blue' is invalid for '--color <when>'"),
      ("watcher history a --database $DB", 66, "there is no database ("),
      ("watcher history a --database /dev/null", 65, "not a regular file (/dev/null): "),
      (
        "WATCHER_CONFIG=/nowhere watcher check", 78,
        "cannot read the configuration (/nowhere: No such file or directory): "
      ),
      ("watcher run --config /nowhere", 78, "cannot read the configuration (/nowhere: No such file or directory): "),
      ("watcher history a --config /nowhere", 78, "cannot read the configuration (/nowhere: "),
    ] as [(String, Int32, String)])
  func commandLine(line: String, status: Int32, words: String) throws {
    defer { removeFiles() }
    let outcome = try shell(line)
    #expect(outcome.status == status)
    #expect((status == 0 ? outcome.stdout : outcome.stderr).hasPrefix(status == 0 ? words : "watcher: error: " + words))
    #expect((status == 0 ? outcome.stderr : outcome.stdout).isEmpty)
    #expect(status == 0 || outcome.stderr.split(separator: "\n").count == 1)
  }

  @Test func queriesReadWhatWasRecorded() throws {
    defer { removeFiles() }
    let time = try Samples.time("2026-09-17T21:30:05.123Z")
    let writer = try HistoryWriter.open(database)
    try writer.transactionSync { store in
      let watched = WatchedTag(tag: Samples.tag, selection: .all, intervalSeconds: 900)
      let tag = try #require(try store.registerTags([watched]).first)
      let image = PlatformImage(
        platform: Samples.amd64, manifest: try Samples.digest("b"), manifestSize: 1, imageID: try Samples.digest("d"),
        configSize: 2, layers: [], config: nil)
      let snapshot = TagSnapshot(
        digest: try Samples.digest("7"), mediaType: .ociIndex, size: 3, images: [image], documents: [])
      _ = try store.insertSnapshot(tag: tag.id, snapshot: snapshot, classes: [nil], at: time)
    }
    writer.close()

    let history = try shell("watcher history amazonlinux --database $DB")
    #expect(history.status == 0)
    #expect(history.stderr.isEmpty)
    #expect(history.stdout.contains("\n  linux/amd64  image dddddddddddd  manifest bbbbbbbbbbbb\n"))

    let local = try shell("watcher history amazonlinux --local", ["WATCHER_DATABASE": database, "TZ": "XYZ-2"])
    #expect(
      local.stdout.hasPrefix("amazonlinux:latest, times in UTC+02:00\n\n2026-09-17 23:30:05 - ? (seen "))

    let never = try shell("watcher history amazonlinux --platform linux/s390x --database $DB")
    #expect(never.status == 0)
    #expect(never.stdout == "amazonlinux:latest, nothing recorded for linux/s390x\n")
    #expect(
      never.stderr == "watcher: warning: never recorded: linux/s390x (amazonlinux:latest in "
        + "\(database)): recorded are linux/amd64\n")

    let some = try shell("watcher history amazonlinux --platform linux/amd64,linux/s390x --json --database $DB")
    #expect(some.status == 0)
    #expect(some.stdout.contains(#""platform":"linux/amd64""#))
    #expect(some.stderr.hasPrefix("watcher: warning: never recorded: linux/s390x ("))

    let idle = try shell("watcher status --database $DB")
    #expect(idle.stdout.contains(": nothing is checked until 'watcher run' or 'watcher check'\n\nSTATE "))
    #expect(idle.stdout.contains("\nno daemon is running, database \(database): "))

    let status = try shell("watcher status --json", ["WATCHER_DATABASE": database])
    #expect(status.stdout.hasPrefix(#"{"tags":[{"tag":"docker.io/library/amazonlinux:latest","state":"#))
    #expect(status.stdout.contains(#","sinks":[],"daemon":{"running":false,"pid":null,"#))
    #expect(status.stdout.contains(",\"database\":\"\(database)\",\"registries\":[{\"name\":\"docker.io\","))

    let unknown = try shell("watcher status amazonlinux a:1 --database $DB")
    #expect(unknown.status == 66)
    #expect(unknown.stdout.contains("amazonlinux:latest"))
    #expect(unknown.stderr.hasPrefix("watcher: error: nothing is known of this tag (docker.io/library/a:1 in "))

    let coloured = try shell("watcher status --color always --database $DB")
    #expect(coloured.stdout.contains("\u{1b}["))

    let full = try shell("watcher status --database $DB >/dev/full")
    #expect(full.status == 74)
    #expect(full.stderr.hasPrefix("watcher: error: cannot write standard output ("))
    for command in ["--help", "help status", "status --help", "--version"] {
      #expect(try shell("watcher \(command) >/dev/full").status == 74, "\(command)")
    }

    // The reader of the pipe is gone before anything is written.
    let closed = try shell("(sleep 0.2; watcher status --json --database $DB; echo $? >&2) | true")
    #expect(closed.stderr == "141\n")
  }
}
