import GRDB
import ImageModel

enum DocumentRow {
  static func fetch(_ db: Database, _ digest: Digest) throws -> Document? {
    let statement = try db.cachedStatement(sql: "SELECT media_type, bytes FROM document WHERE digest = ?")
    guard let row = try Row.fetchOne(statement, arguments: [digest.description]) else { return nil }
    return Document(digest: digest, mediaType: MediaType(try row.text(0)), bytes: try row.bytes(1))
  }
}
