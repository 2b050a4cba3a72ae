import GRDB
import GRDBSQLite

/// How every connection is opened. Source: docs/store.md, How it is opened.
enum Connection {
  static let busyTimeoutSeconds = 5.0
  static let walAutocheckpointPages = 1_000
  static let journalSizeLimitBytes = 16 * 1024 * 1024
  static let readerCacheKiB = 4 * 1024

  /// The one writer. It is a queue in WAL mode and not GRDB's pool: the pool sets `synchronous` back to NORMAL
  /// after the preparation, and a commit would then survive a crash of the process but not of the machine.
  static func writer(_ path: String) throws -> DatabaseQueue {
    var configuration = base()
    configuration.prepareDatabase { db in try keepJournalFiles(db) }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Turns WAL on; to be called once the file is known to be watcher's, because it writes.
  static func setDurability(_ db: Database) throws {
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
    guard mode == "wal" else {
      throw StoreError(
        .internalError, "the database cannot use write-ahead logging (mode \(mode ?? "unknown")): use a local disk")
    }
    try db.execute(sql: "PRAGMA synchronous = FULL")
    try db.execute(sql: "PRAGMA wal_autocheckpoint = \(walAutocheckpointPages)")
    try db.execute(sql: "PRAGMA journal_size_limit = \(journalSizeLimitBytes)")
  }

  /// Of the library in use.
  static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  static func reader(_ path: String) throws -> DatabaseQueue {
    var configuration = base()
    configuration.readonly = true
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA query_only = 1; PRAGMA cache_size = -\(readerCacheKiB)")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// - Returns: the URI that opens a database without its journal files.
  static func immutableURI(_ path: String) -> String {
    var uri = "file:"
    for byte in path.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80 && scalar.properties.isAlphabetic || "0123456789/-_.~".unicodeScalars.contains(scalar) {
        uri.unicodeScalars.append(scalar)
      } else {
        uri += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return uri + "?immutable=1"
  }

  private static func base() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busyTimeoutSeconds)
    configuration.prepareDatabase { db in
      // A hostile or torn file must not run code, send SIGBUS or go unnoticed.
      try db.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA mmap_size = 0;
          PRAGMA temp_store = MEMORY;
          """)
      for function in StoredFrame.functions { db.add(function: function) }
    }
    return configuration
  }

  /// Without its -wal and -shm files a database in WAL mode cannot be opened by those who may only read, so
  /// they stay after the last close. The flag is one of the connection.
  private static func keepJournalFiles(_ db: Database) throws {
    var keep: CInt = 1
    let code = sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &keep)
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }
}
