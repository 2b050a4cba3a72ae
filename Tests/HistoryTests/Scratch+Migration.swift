import GRDB

@testable import History

extension Scratch {
  /// What today's program makes of a database of an older version.
  ///
  /// - Parameter writing: puts into the old one what is to be migrated.
  func migrated(from version: String, writing: (Database) throws -> Void) throws -> DatabaseQueue {
    let queue = try Connection.writer(database)
    try Schema.migrator.migrate(queue, upTo: version)
    try queue.write(writing)
    try Schema.migrator.migrate(queue)
    return queue
  }
}
