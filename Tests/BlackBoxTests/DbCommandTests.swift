import Foundation
import Glibc
import TestSupport
import Testing

/// `db check`, `db backup` and `db migrate`.
@Suite struct DbCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(interval: "1h") }

  @Test func aBackupBesideTheDaemonIsTheWholeHistory() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    let copy = scene.directory + "/copy.db"
    let outcome = try scene.run(["db", "backup", copy])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(outcome.stdout.hasPrefix("copied \(scene.database) to \(copy), "))
    var info = stat()
    #expect(stat(copy, &info) == 0 && info.st_mode & 0o7777 == 0o640)
    #expect(access(copy + ".new", F_OK) != 0)
    let ofCopy = try scene.binary.run(["history", image, "--json", "--database", copy])
    #expect(ofCopy.status == 0)
    #expect(ofCopy.stdout == (try scene.run(["history", image, "--json"]).stdout))
    let check = try object(scene.binary.run(["db", "check", "--json", "--database", copy]).stdout)
    #expect(check["sound"] as? Bool == true && (check["documents"] as? Int ?? 0) >= 3)
    #expect(try scene.run(["db", "check"]).stdout.hasPrefix("sound: \(scene.database), "))
    // Nothing is overwritten, and nothing is left of what could not be done.
    let before = try Data(contentsOf: URL(fileURLWithPath: copy))
    #expect(try scene.run(["db", "backup", copy]).status == 73)
    #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == before)
    let nowhere = try scene.run(["db", "backup", scene.directory + "/none/copy.db"])
    #expect(nowhere.status == 73)
    let (missing, remedy) = (scene.directory + "/none/copy.db", "name a file in a directory that exists")
    #expect(nowhere.stderr == "watcher: error: cannot write the copy (\(missing)): \(remedy)\n")
    #expect(try scene.run(["db", "backup", scene.directory]).status == 73)
    // A daemon takes a copy up as if it were the database.
    let restored = try scene.binary.run(["check", "--config", scene.config, "--database", copy])
    #expect(restored.status == 0 && restored.stdout.hasPrefix("unchanged "))
  }

  /// What was recorded after the backup had numbers that are not given again: whoever remembers the last one misses
  /// nothing of the restored database.
  @Test func aRestoredDatabaseGivesNoNumberASecondTime() throws {
    defer { registry.stop() }
    let copy = scene.directory + "/copy.db"
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(try scene.run(["db", "backup", copy]).status == 0)
    registry.put(FakeRegistryImage("lost"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let last = try #require(try object(scene.run(["events", "--json", "--after", "1"]).stdout)["sequence"] as? String)
    #expect(last == "000000000002")
    try FileManager.default.removeItem(atPath: scene.database)
    try FileManager.default.moveItem(atPath: copy, toPath: scene.database)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let next = try object(scene.run(["events", "--json", "--after", last]).stdout)
    #expect(next["sequence"] as? String == "000001000002")
    #expect(next["type"] as? String == "watcher.image.changed")
  }

  @Test func aDocumentThatIsNotWhatItSaysIsFound() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    try scene.change("UPDATE document SET bytes = (SELECT bytes FROM document WHERE rowid = 1) WHERE rowid = 2")
    let digest = try scene.sql("SELECT digest FROM document WHERE rowid = 2")[0]
    let outcome = try scene.run(["db", "check"])
    #expect(outcome.status == 65)
    #expect(outcome.stdout.isEmpty)
    let lines = outcome.stderr.split(separator: "\n")
    #expect(lines.first == "\(scene.database): the document \(digest) does not have that digest")
    #expect(lines.last?.hasPrefix("watcher: error: the database is damaged (\(scene.database)): ") == true)
    let report = try object(scene.run(["db", "check", "--json"]).stdout)
    #expect(report["sound"] as? Bool == false)
    #expect(report["findings"] as? [String] == ["the document \(digest) does not have that digest"])
  }

  /// Nobody is told a part of it: who asks for it is told what is damaged.
  @Test func aFrameThatIsCutIsFound() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    try scene.change(
      """
      UPDATE document SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE rowid = 2;
      UPDATE event SET body = substr(body, 1, length(body) - 1);
      """)
    let digest = try scene.sql("SELECT digest FROM document WHERE rowid = 2")[0]
    let report = try object(scene.run(["db", "check", "--json"]).stdout)
    let findings = try #require(report["findings"] as? [String])
    #expect(findings.count == 2)
    #expect(findings.first?.hasPrefix("the document \(digest) cannot be read: its frame is damaged (") == true)
    #expect(findings.last?.hasPrefix("event 1 cannot be read: its frame is damaged (") == true)
    let events = try scene.run(["events", "--json"])
    #expect(events.status == 65 && events.stdout.isEmpty)
    #expect(events.stderr.contains("the database is damaged (event 1 cannot be read: "))
  }

  @Test func aRowThatNamesNothingIsFound() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    try scene.change("PRAGMA foreign_keys = OFF; DELETE FROM event")
    let outcome = try scene.run(["db", "check"])
    #expect(outcome.status == 65)
    #expect(outcome.stderr.contains("a row of snapshot names one of event that is not there"))
  }

  @Test func anOlderDatabaseIsBroughtUpToDate() throws {
    defer { registry.stop() }
    let old = URL(filePath: ProjectFile.path("Tests/HistoryTests/fixtures/v1.db"))
    try FileManager.default.copyItem(at: old, to: URL(fileURLWithPath: scene.database))
    #expect(try scene.run(["db", "check"]).status == 65)
    let outcome = try scene.run(["db", "migrate"])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(outcome.stdout == "brought up to date: \(scene.database)\n")
    #expect(try scene.run(["db", "migrate"]).stdout == "up to date: \(scene.database)\n")
    #expect(access(scene.database + ".pre-v7", F_OK) == 0)
  }

  @Test func whatIsDamagedIsNotUpToDate() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let file = URL(fileURLWithPath: scene.database)
    var bytes = try Data(contentsOf: file)
    for position in stride(from: 8_192, to: bytes.count, by: 64) { bytes[position] ^= 0xff }
    try bytes.write(to: file)
    let outcome = try scene.run(["db", "migrate"])
    #expect(outcome.status == 65, "\(outcome.stdout)")
    let backup = try scene.run(["db", "backup", scene.directory + "/copy.db"])
    #expect(backup.status == 65 && backup.stderr.contains("(\(scene.database): "), "\(backup.stderr)")
    #expect(!FileManager.default.fileExists(atPath: scene.directory + "/copy.db"))
    #expect(try scene.run(["db", "check"]).status == 65)
  }

  @Test func withoutADatabaseNoneIsMade() throws {
    defer { registry.stop() }
    for command in [["check"], ["backup", scene.directory + "/copy.db"], ["prune"], ["migrate"]] {
      #expect(try scene.run(["db"] + command).status == 66, "\(command)")
    }
    #expect(!FileManager.default.fileExists(atPath: scene.database))
    #expect(!FileManager.default.fileExists(atPath: scene.directory + "/copy.db"))
  }
}
