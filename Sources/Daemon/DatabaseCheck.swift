import Hashing
import History

/// A thorough look at a database, its documents re-hashed.
public enum DatabaseCheck {
  public static func run(_ reader: HistoryReader) throws(StoreError) -> Soundness {
    try reader.check(matches: Hash.matches)
  }
}
