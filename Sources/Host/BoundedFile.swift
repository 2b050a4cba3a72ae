import Glibc

/// A small file that somebody else writes.
package enum BoundedFile {
  package struct Failure: Error, Hashable, Sendable {
    /// Why, without the file's name: `No such file or directory`.
    package let reason: String

    /// Whether there is no such file at all.
    package let isMissing: Bool
    package let isTooLong: Bool

    package init(reason: String, isMissing: Bool = false, isTooLong: Bool = false) {
      (self.reason, self.isMissing, self.isTooLong) = (reason, isMissing, isTooLong)
    }

    package static func system() -> Failure {
      Failure(reason: String(cString: strerror(errno)), isMissing: [ENOENT, ENOTDIR].contains(errno))
    }
  }

  /// Tells one state of a file from others.
  package struct Revision: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// Permission bits.
    package let mode: UInt32

    /// Costs one `stat`.
    package init(_ path: String) throws(Failure) {
      var status = stat()
      guard stat(path, &status) == 0 else { throw .system() }
      description = "\(status.st_ino).\(status.st_size).\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
      mode = status.st_mode & 0o7777
    }
  }

  /// All of a file, which may have up to `limit` bytes.
  package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    // Opening a pipe nobody writes to would wait for ever without O_NONBLOCK.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .system() }
    defer { close(file) }
    return try read(file, limit: limit)
  }

  /// The rest of a file that is open.
  package static func read(_ file: Int32, limit: Int) throws(Failure) -> [UInt8] {
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: min(limit, 65_536) + 1)
    while contents.count <= limit {
      let count = Glibc.read(file, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system() }
      if count == 0 { return contents }
      contents += piece[..<count]
    }
    throw Failure(reason: "it is longer than \(limit) bytes", isTooLong: true)
  }
}
