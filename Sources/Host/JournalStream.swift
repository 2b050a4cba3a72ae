import Glibc

/// Whether the journal reads a stream of this process. Source: systemd.exec(5), `JOURNAL_STREAM`.
package enum JournalStream {
  /// What `JOURNAL_STREAM` names is the journal's socket; a stream that was sent elsewhere since is not it.
  package static func isAt(_ descriptor: Int32, environment: [String: String]) -> Bool {
    guard let parts = environment["JOURNAL_STREAM"]?.split(separator: ":"), parts.count == 2,
      let device = UInt64(parts[0]), let node = UInt64(parts[1])
    else { return false }
    var info = stat()
    return fstat(descriptor, &info) == 0 && info.st_dev == device && info.st_ino == node
  }
}
