import GRDB
package import ImageModel

/// What a thorough look at a database came to.
package struct Soundness: Hashable, Sendable {
  /// Documents that were hashed.
  package internal(set) var documents = 0
  /// What is wrong, a line each, no more than were asked for; empty for a sound database.
  package internal(set) var findings: [String] = []
}

extension HistoryReader {
  private static let documentsAtOnce = 500

  /// Lets SQLite check the whole file, then every reference, then every stored document.
  ///
  /// - Parameters:
  ///   - isIntact: whether a document has its digest.
  ///   - limit: findings after which it ends.
  package func check(
    limit: Int = 20, isIntact: (Document) -> Bool
  ) throws(StoreError) -> Soundness {
    var soundness = Soundness()
    do {
      try queue.read { db in
        let said = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(limit))")
        if said != ["ok"] { soundness.findings = said.map(SoundnessCheck.line) }
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(limit) {
          soundness.findings.append("a row of \(try row.text(0)) names one of \(try row.text(2)) that is not there")
        }
      }
      var last = ""
      // In pieces, so that a daemon beside it can fold its log in between.
      while soundness.findings.count < limit {
        let rows = try queue.read { db in
          try Row.fetchAll(
            db, sql: "SELECT digest, media_type, bytes FROM document WHERE digest > ? ORDER BY digest LIMIT ?",
            arguments: [last, Self.documentsAtOnce])
        }
        guard let end = rows.last else { break }
        for row in rows {
          let document = Document(
            digest: try row.digest(0), mediaType: MediaType(try row.text(1)), bytes: try row.bytes(2))
          soundness.documents += 1
          guard soundness.findings.count < limit, !isIntact(document) else { continue }
          soundness.findings.append("the document \(document.digest) does not have that digest")
        }
        last = try end.text(0)
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      soundness.findings.append("\(error.message ?? "\(error)")".safe(limit: 200))
    } catch {
      throw .mapping(error, path: path)
    }
    return soundness
  }
}
