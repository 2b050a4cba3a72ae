import Compression
import GRDB
import ImageModel

enum DocumentRow {
  static func fetch(_ db: Database, _ digest: Digest) throws -> Document? {
    let statement = try db.cachedStatement(sql: "SELECT media_type, bytes FROM document WHERE digest = ?")
    guard let row = try Row.fetchOne(statement, arguments: [digest.description]) else { return nil }
    do {
      return Document(digest: digest, mediaType: MediaType(try row.text(0)), bytes: try row.framed(1))
    } catch let error as FrameError {
      throw StoreError.damaged("the document \(digest) cannot be read: \(error)")
    }
  }
}
