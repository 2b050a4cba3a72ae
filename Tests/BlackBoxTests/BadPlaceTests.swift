import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// Places where no database can be, or one that cannot be used: a clear error with its exit code, and nothing
/// is touched.
@Suite struct BadPlaceTests {
  /// Commands that make none.
  private static let needingADatabase = [
    ["history", "busybox"], ["events"], ["status"], ["deliveries", "list"], ["deliveries", "drop", "--all"],
  ]

  private let scene: Scene

  /// What it watches is not to be had.
  init() throws { scene = try Scene(watch: ["127.0.0.1:1/app"]) }

  /// The outcome of a command on some database, which must be an error in the usual form.
  private func refused(
    _ command: [String], database: String, wrapper: [String] = []
  ) throws -> (status: Int32, stderr: String) {
    let out = "\(scene.directory)/out.\(UUID().uuidString)"
    let err = "\(scene.directory)/err.\(UUID().uuidString)"
    let line = wrapper + [WatcherBinary.path] + command + ["--database", database]
    let status = try Child(
      line[0], Array(line.dropFirst()),
      environment: ["PATH": "/usr/sbin:/usr/bin:/bin", "HOME": scene.directory, "WATCHER_CONFIG": scene.config],
      stdout: out, stderr: err
    ).finish()
    let stderr = WatcherBinary.text(err)
    #expect(stderr.hasPrefix("watcher: error: "), "\(command): \(stderr)")
    #expect(stderr.split(separator: "\n").count == 1, "\(command): \(stderr)")
    #expect(WatcherBinary.text(out).isEmpty, "\(command)")
    return (status, stderr)
  }

  @Test func aMissingDatabaseIsSaidToBeMissing() throws {
    for command in Self.needingADatabase {
      #expect(try refused(command, database: scene.database).status == 66)
    }
    #expect(access(scene.database, F_OK) != 0, "a query creates nothing")
  }

  @Test func aDirectoryIsNoDatabase() throws {
    let folder = "\(scene.directory)/folder"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for command in [["run"], ["check"], ["sinks", "list"]] + Self.needingADatabase {
      let outcome = try refused(command, database: folder)
      #expect(outcome.status == 65, "\(command)")
      #expect(outcome.stderr.contains("a directory is no database (") && outcome.stderr.contains("folder/watcher.db"))
      #expect(try refused(command, database: "\(scene.directory)/none/").status == 65, "\(command)")
    }
    #expect(access("\(scene.directory)/none", F_OK) != 0, "nothing is made of a name that cannot be")
    #expect(access("\(folder).lock", F_OK) != 0, "nothing is left beside it")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  /// A slip must not begin a second history; the user's own place is made on first use.
  @Test func aDirectoryThatIsNamedIsNotMade() throws {
    for command in [["run"], ["check"]] {
      let outcome = try refused(command, database: "\(scene.directory)/slip/watcher.db")
      #expect(outcome.status == 73 && outcome.stderr.contains("in a directory that exists"), "\(outcome.stderr)")
    }
    #expect(access("\(scene.directory)/slip", F_OK) != 0)
  }

  @Test(.enabled(if: access("/var/lib/watcher/watcher.db", F_OK) != 0, "this machine runs watcher as a service"))
  func theDefaultDirectoryIsMade() throws {
    try Data(#"{"watch": []}"#.utf8).write(to: URL(filePath: scene.config))
    let outcome = try scene.binary.run(["check", "--config", scene.config])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(access("\(scene.directory)/.local/state/watcher/watcher.db", F_OK) == 0)
  }

  @Test func belowAFileNothingCanBeCreated() throws {
    for command in [["run"], ["check"]] {
      #expect(try refused(command, database: "\(scene.config)/watcher.db").status == 73, "\(command)")
    }
  }

  @Test func aTruncatedDatabaseIsDamaged() throws {
    #expect(try scene.run(["check", "--config", scene.config]).status == 2)
    #expect(truncate(scene.database, 6_000) == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: scene.database))
    for command in [["run"], ["check"], ["sinks", "list"]] + Self.needingADatabase {
      #expect(try refused(command, database: scene.database).status == 65, "\(command)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scene.database)) == before)
  }

  @Test func aDatabaseOfANewerVersionIsLeftAlone() throws {
    #expect(try scene.run(["check", "--config", scene.config]).status == 2)
    try scene.change("PRAGMA user_version = 99")
    for command in [["run"], ["check"], ["sinks", "list"]] + Self.needingADatabase {
      let outcome = try refused(command, database: scene.database)
      #expect(outcome.status == 65, "\(command)")
      #expect(outcome.stderr.contains("newer version"), "\(command)")
    }
    #expect(try scene.sql("PRAGMA user_version") == ["99"])
  }

  @Test func aLockedDatabaseIsNotWaitedFor() throws {
    #expect(try scene.run(["check", "--config", scene.config]).status == 2)
    let lock = open("\(scene.database).lock", O_RDWR | O_CLOEXEC)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    for command in [["run"], ["check"], ["deliveries", "retry", "--all"], ["deliveries", "drop", "--all"]] {
      let began = ContinuousClock.now
      #expect(try refused(command, database: scene.database).status == 75, "\(command)")
      #expect(ContinuousClock.now - began < .seconds(1), "\(command)")
    }
    #expect(try scene.run(["status"]).status == 0, "queries need no lock")
  }

  // MARK: Permission

  /// Runs a command as nobody; root may read everything.
  private static let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func whatMayNotBeReadIsNotTakenForMissing() throws {
    #expect(chmod(scene.directory, 0o755) == 0)
    #expect(try scene.run(["check", "--config", scene.config]).status == 2)
    #expect(chmod(scene.database, 0o600) == 0)
    for command in [["run"], ["check"], ["sinks", "list"]] + Self.needingADatabase {
      let outcome = try refused(command, database: scene.database, wrapper: Self.asNobody)
      #expect(outcome.status == 77, "\(command): \(outcome.stderr)")
    }
    let inRoots = try refused(["check"], database: "\(scene.directory)/other.db", wrapper: Self.asNobody)
    #expect(inRoots.status == 77, "\(inRoots.stderr)")
    #expect(access("\(scene.directory)/other.db", F_OK) != 0)

    #expect(chmod(scene.config, 0o600) == 0)
    let unread = try refused(["check"], database: scene.database, wrapper: Self.asNobody)
    #expect(unread.status == 77, "\(unread.stderr)")
    #expect(unread.stderr.contains("config.json"))
  }
}
