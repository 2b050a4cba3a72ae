import GRDB

extension HistoryTransaction {
  /// Notes where the daemon of this database listens, `address:port`; nowhere where it is `nil`.
  package func recordListening(_ address: String?) throws {
    try keep(address ?? "", as: "listen")
  }
}

extension HistoryReader {
  /// Where the daemon that ran last listened, empty for nowhere; `nil` where none has said so.
  package func listening() throws(StoreError) -> String? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'listen'").map { try $0.text(0) }
    }
  }
}
