import Compression
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
  private static let rowsAtOnce = 500

  /// Lets SQLite check the whole file, then every reference, then every stored document and event.
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
      try checkDocuments(&soundness, limit: limit, isIntact)
      try checkEvents(&soundness, limit: limit)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      soundness.findings.append("\(error.message ?? "\(error)")".safe(limit: 200))
    } catch {
      throw .mapping(error, path: path)
    }
    return soundness
  }

  // Both in pieces, so that a daemon beside it can fold its log in between.

  private func checkDocuments(_ soundness: inout Soundness, limit: Int, _ isIntact: (Document) -> Bool) throws {
    var last = ""
    while soundness.findings.count < limit {
      let rows = try queue.read { db in
        try Row.fetchAll(
          db, sql: "SELECT digest, media_type, bytes FROM document WHERE digest > ? ORDER BY digest LIMIT ?",
          arguments: [last, Self.rowsAtOnce])
      }
      guard let end = rows.last else { return }
      for row in rows where soundness.findings.count < limit {
        let digest = try row.digest(0)
        soundness.documents += 1
        let bytes: [UInt8]
        do {
          bytes = try row.framed(2)
        } catch let error as FrameError {
          soundness.findings.append("the document \(digest) cannot be read: \(error)")
          continue
        }
        guard !isIntact(Document(digest: digest, mediaType: MediaType(try row.text(1)), bytes: bytes)) else { continue }
        soundness.findings.append("the document \(digest) does not have that digest")
      }
      last = try end.text(0)
    }
  }

  /// Frames of events have a checksum.
  private func checkEvents(_ soundness: inout Soundness, limit: Int) throws {
    var last = EventSequence.lowest
    while soundness.findings.count < limit {
      let rows = try queue.read { db in
        try Row.fetchAll(
          db, sql: "SELECT sequence, body FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?",
          arguments: [last, Self.rowsAtOnce])
      }
      guard let end = rows.last else { return }
      for row in rows where soundness.findings.count < limit {
        do {
          _ = try row.framed(1)
        } catch let error as FrameError {
          soundness.findings.append("event \(try row.id(0) as EventSequence) cannot be read: \(error)")
        }
      }
      last = try end.id(0)
    }
  }
}
