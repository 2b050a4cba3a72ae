import Glibc
import Host

/// Writes whole lines to a descriptor, which it does not own.
struct LineWriter {
  /// glibc declares it only to GNU sources; elsewhere it may not be.
  private static let allocate = dlsym(nil, "fallocate").map {
    unsafeBitCast($0, to: (@convention(c) (Int32, Int32, off_t, off_t) -> Int32).self)
  }
  /// `FALLOC_FL_KEEP_SIZE`. Source: linux/falloc.h.
  private static let keepSize: Int32 = 1

  let descriptor: Int32
  /// What the descriptor is, for errors.
  let subject: String
  /// What stands there of a line whose end is missing.
  private var torn: [UInt8]
  /// Where that ends: if anything follows, others have written since. `nil` for what is no file.
  private var tornEnd: off_t?

  /// - Parameter torn: what a file at the descriptor ends with, after its last newline.
  init(descriptor: Int32, subject: String, torn: [UInt8] = []) {
    self.descriptor = descriptor
    self.subject = subject
    self.torn = torn
    tornEnd = torn.isEmpty ? nil : Self.size(of: descriptor)
  }

  /// Writes `body` and a newline with one write(2), so that lines of several writers do not mix, and goes on
  /// where the system took only a part. Blocks while the reader is slow.
  ///
  /// A file that ends with the beginning of this very line, because the disk was full or the process killed, is sent
  /// its rest; after any other line without an end comes a newline. Nothing is ever cut off: others may write there as
  /// well, and whoever follows the file would take it for a new one.
  mutating func write(line body: [UInt8]) throws(SystemError) {
    let newline = UInt8(ascii: "\n")
    var line = body + [newline]
    var written = 0
    if isBegun, line.starts(with: torn) {
      written = torn.count
    } else if !torn.isEmpty {
      line.insert(newline, at: 0)
    }
    try reserve(line.count - written)
    let (count, failure) = writeAll(line[written...], to: descriptor)
    guard failure == 0 else {
      rememberTorn(line.prefix(written + count))
      throw SystemError(call: "write to", subject: subject, code: failure)
    }
    torn = []
  }

  /// Finishes the line without an end if it is one of these and not the first, which `write` goes on with: then those
  /// before it are written again, so it will be as well, and is no half line until then.
  mutating func finish(oneOf bodies: some Sequence<[UInt8]>) throws(SystemError) {
    guard isBegun, let (index, body) = bodies.enumerated().first(where: { $0.element.starts(with: torn) }), index > 0
    else { return }
    try write(line: body)
  }

  /// Whether what is torn can be gone on with: nobody has written since.
  private var isBegun: Bool { !torn.isEmpty && tornEnd != nil && Self.size(of: descriptor) == tornEnd }

  private mutating func rememberTorn(_ written: ArraySlice<UInt8>) {
    guard !written.isEmpty else { return }
    let lineBegin = written.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? written.startIndex
    torn = Array(written[lineBegin...])
    tornEnd = Self.size(of: descriptor)
  }

  /// Room for a whole line or nothing of it, where the file system can say. Elsewhere write(2) finds out.
  private func reserve(_ count: Int) throws(SystemError) {
    guard let size = Self.size(of: descriptor), let allocate = Self.allocate,
      allocate(descriptor, Self.keepSize, size, off_t(count)) != 0, errno == ENOSPC || errno == EDQUOT
    else { return }
    throw SystemError(call: "write to", subject: subject, code: errno)
  }

  /// `nil` for what is no regular file.
  private static func size(of descriptor: Int32) -> off_t? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return status.st_size
  }

}
