import GRDB
import Glibc
import Host
import ImageModel

extension HistoryReader {
  /// Copies the database as it is at one moment (`DatabaseCopy`), beside a running writer as well. The copy appears
  /// under its name when it is whole and on disk.
  ///
  /// - Parameter path: where nothing is yet.
  /// - Returns: its size in bytes.
  /// - Throws: `.cannotCreate` when something is there, `.full`, `.permission`, `.io`, `.damaged`.
  package func backup(to path: String) throws(StoreError) -> Int {
    guard try FilePath.kind(of: path) == .missing else {
      throw StoreError(.cannotCreate, "there is something already (\(path)): name a file that is not there")
    }
    let unfinished = "\(path).\(getpid()).new"
    defer { unlink(unfinished) }
    do {
      try queue.inDatabase { db in
        // The connection stays one that can only read; this is for the other file.
        try db.execute(sql: "PRAGMA query_only = 0")
        try DatabaseCopy.make(of: db, at: unfinished)
      }
    } catch {
      let failure = StoreError.mapping(error, path: unfinished)
      switch failure.code {
      case .damaged: throw .mapping(error, path: self.path)
      case .cannotCreate:
        throw StoreError(.cannotCreate, "cannot write the copy (\(path)): name a file in a directory that exists")
      // Of the file that was asked for: nobody knows the other one.
      default: throw StoreError(failure.code, failure.message.replacing(unfinished.safe(limit: .max), with: path))
      }
    }
    // Unlike a renaming, this takes nothing's place.
    guard link(unfinished, path) == 0 else { throw .notAccessible(path: path, errno: errno) }
    try FilePath.sync(directory(of: path))
    return FilePath.size(of: path)
  }
}
