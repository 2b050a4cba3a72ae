import CCurl  // In a release build it is whose headers' `timespec` the compiler sees.
import Glibc

/// A small file that somebody else writes.
package enum BoundedFile {
  package struct Failure: Error, Hashable, Sendable {
    /// Why, without the file's name: `No such file or directory`.
    package let reason: String

    package init(reason: String) { self.reason = reason }

    static func system() -> Failure { Failure(reason: String(cString: strerror(errno))) }
  }

  /// All of a file, which may have up to `limit` bytes.
  static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    // Opening a pipe nobody writes to would wait for ever without O_NONBLOCK.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .system() }
    defer { close(file) }
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: min(limit, 65_536) + 1)
    while contents.count <= limit {
      let count = Glibc.read(file, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system() }
      if count == 0 { return contents }
      contents += piece[..<count]
    }
    throw Failure(reason: "it is longer than \(limit) bytes")
  }
}
