import GRDB
import ImageModel

/// SQLite's own checks of a file.
enum SoundnessCheck {
  enum Depth: Hashable {
    case none, quick, full
  }

  /// A small file is checked in full, which costs less than a second; `quick_check` alone misses a third of single
  /// damaged bytes. Source: docs/store.md, How it is opened.
  ///
  /// - Parameter openedDirty: whether the last writer left a log, so did not close.
  static func depth(bytes: Int, openedDirty: Bool) -> Depth {
    if bytes < Limits.fullCheckBytes { return .full }
    return bytes < Limits.quickCheckBytes || openedDirty ? .quick : .none
  }

  /// What SQLite says, which may be several lines, in one.
  static func line(_ finding: String) -> String {
    finding.split(separator: "\n").joined(separator: ": ").safe(limit: 200)
  }

  static func atOpening(_ db: Database, bytes: Int, openedDirty: Bool, path: String) throws {
    let pragma: String
    switch depth(bytes: bytes, openedDirty: openedDirty) {
    case .none: return
    case .quick: pragma = "PRAGMA quick_check(1)"
    case .full: pragma = "PRAGMA integrity_check(1)"
    }
    let finding = try String.fetchOne(db, sql: pragma) ?? "no answer"
    guard finding == "ok" else { throw StoreError.damaged("\(path): \(line(finding))") }
  }
}
