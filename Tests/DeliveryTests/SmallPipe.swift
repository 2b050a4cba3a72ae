import Glibc
import Synchronization

/// A pipe of one page.
final class SmallPipe: Sendable {
  struct Unavailable: Error {}

  private static let capacity: Int32 = 4_096
  let writer: Int32
  private let reader: Int32
  private let open = Mutex((reader: true, writer: true))

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0, Self.shrink(ends[1]) else { throw Unavailable() }
    reader = ends[0]
    writer = ends[1]
  }

  /// A pipe with a name, to which a second reader can come after the first has gone.
  init(named path: String) throws {
    guard mkfifo(path, 0o600) == 0 else { throw Unavailable() }
    reader = Glibc.open(path, O_RDONLY | O_NONBLOCK)
    writer = Glibc.open(path, O_WRONLY)
    guard reader >= 0, writer >= 0, Self.shrink(writer) else { throw Unavailable() }
  }

  /// `F_SETPIPE_SZ`, which Glibc does not import.
  private static func shrink(_ descriptor: Int32) -> Bool { fcntl(descriptor, 1031, capacity) >= 0 }

  deinit {
    closeReader()
    closeWriter()
  }

  func closeReader() {
    open.withLock { open in
      if open.reader { close(reader) }
      open.reader = false
    }
  }

  func closeWriter() {
    open.withLock { open in
      if open.writer { close(writer) }
      open.writer = false
    }
  }

  /// Whether another byte would block.
  var isFull: Bool {
    var request = pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, 0) == 0
  }

  /// Everything up to the end, line by line. Blocks.
  func readLines() -> [String] { Self.readLines(reader) }

  static func readLines(_ reader: Int32) -> [String] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1_000)
    while case let count = read(reader, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }
}
