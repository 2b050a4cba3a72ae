import Documents
package import History
import Registry

/// A thorough look at a database, its documents re-hashed.
package enum DatabaseCheck {
  package static func run(_ reader: HistoryReader) throws(StoreError) -> Soundness {
    try reader.check(isIntact: ImageDocuments.isIntact)
  }
}
