import GRDB
package import ImageModel

/// The newest time that a registry and the clock agreed on, kept for those who prune.
private enum AgreedTimeRow {
  static func fetch(_ db: Database) throws -> Timestamp? {
    let row = try Row.fetchOne(db, sql: "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'agreed_ms'")
    return try row?.time(0)
  }
}

extension HistoryTransaction {
  package func agreedTime() throws -> Timestamp? { try AgreedTimeRow.fetch(db) }

  /// An older one than is known changes nothing.
  package func recordAgreedTime(_ time: Timestamp) throws {
    if let known = try agreedTime(), known >= time { return }
    try keep("\(time.milliseconds)", as: "agreed_ms")
  }
}

extension HistoryReader {
  /// What `retention` is counted from at most; `nil` where no registry has confirmed the clock yet.
  package func agreedTime() throws(StoreError) -> Timestamp? { try read(AgreedTimeRow.fetch) }
}
