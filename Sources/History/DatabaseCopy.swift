import GRDB

/// A file that can take the place of the database later.
enum DatabaseCopy {
  /// The original goes on giving numbers to events. A copy that takes its place begins behind all of these, so that a
  /// number means one event and whoever remembers the last one misses nothing.
  static let sequenceLead = 1_000_000

  /// Makes a copy without log and free pages, on disk, mode 0640.
  ///
  /// - Parameter path: where nothing is yet. What was begun stays there when it fails.
  static func make(of db: Database, at path: String) throws {
    // SQLite takes an empty file, and would make one that everybody may read.
    try FilePath.createFile(path)
    try db.execute(sql: "VACUUM INTO ?", arguments: [path])
    try leadSequence(path)
    try FilePath.sync(path)
  }

  private static func leadSequence(_ path: String) throws {
    let copy = try DatabaseQueue(path: path)
    try copy.write { db in
      try db.execute(
        sql: "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'event'", arguments: [sequenceLead])
      guard db.changesCount == 0 else { return }
      try db.execute(sql: "INSERT INTO sqlite_sequence(name, seq) VALUES('event', ?)", arguments: [sequenceLead])
    }
    try copy.close()
  }
}
