import Glibc

/// Writes whole lines to a descriptor, which it does not own.
struct LineWriter {
  let descriptor: Int32
  /// What the descriptor is, for errors.
  let subject: String
  /// Whether what stands there now ends in the middle of a line, so that the next line needs a newline first.
  private(set) var isTorn: Bool

  init(descriptor: Int32, subject: String, isTorn: Bool = false) {
    self.descriptor = descriptor
    self.subject = subject
    self.isTorn = isTorn
  }

  /// Writes `body` and a newline with one write(2), so that lines of several writers do not mix, and goes on
  /// where the system took only a part. Blocks while the reader is slow.
  mutating func write(line body: [UInt8]) throws(SystemError) {
    let newline = UInt8(ascii: "\n")
    let line = (isTorn ? [newline] : []) + body + [newline]
    var written = 0
    while written < line.count {
      let count = line.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, line.count - written)
      }
      if count > 0 {
        written += count
        isTorn = line[written - 1] != newline
        continue
      }
      switch errno {
      case EINTR where count < 0: continue
      case EAGAIN where count < 0: waitUntilWritable()
      default: throw SystemError(call: "write to", subject: subject, code: count < 0 ? errno : EIO)
      }
    }
  }

  /// A descriptor that came to us in non-blocking mode: its mode is shared with whoever else holds it.
  private func waitUntilWritable() {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&request, 1, -1)
  }
}
