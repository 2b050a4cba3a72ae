import Glibc
import Host
import ImageModel

/// A file opened for appending lines. Whoever opens it closes it.
struct LogFile {
  var writer: LineWriter
  private let device: dev_t
  private let inode: ino_t

  /// Opens or creates the file, mode 0640, and looks how it ends: after a crash or a full disk the last line
  /// may be torn.
  init(path: String) throws(SystemError) {
    let descriptor = try Self.open(path)
    do throws(SystemError) {
      let status = try Self.inspect(descriptor, path)
      if status.st_mode & S_IFMT == S_IFREG && status.st_size == 0 { Self.synchronizeDirectory(of: path) }
      writer = LineWriter(
        descriptor: descriptor, subject: path, torn: try Self.torn(descriptor, size: status.st_size, path: path))
      device = status.st_dev
      inode = status.st_ino
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  /// Whether the file could be opened, or created, as things are now; makes and changes nothing.
  static func look(at path: String) throws(SystemError) {
    let descriptor = Glibc.open(path, flags)
    if descriptor >= 0 {
      defer { Glibc.close(descriptor) }
      _ = try inspect(descriptor, path)
      return
    }
    guard errno == ENOENT else { throw SystemError(call: "open", subject: path, code: errno) }
    guard faccessat(AT_FDCWD, directory(of: path), W_OK | X_OK, AT_EACCESS) == 0 else {
      throw SystemError(call: "create", subject: path, code: errno)
    }
  }

  /// Whether `path` names this very file.
  func isStill(at path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_dev == device && status.st_ino == inode
  }

  /// Returns once everything written is on disk.
  func synchronize() throws(SystemError) {
    guard fsync(writer.descriptor) != 0 else { return }
    // A character device has nothing to synchronise.
    guard errno != EINVAL && errno != EROFS else { return }
    throw SystemError(call: "synchronise", subject: writer.subject, code: errno)
  }

  func close() { Glibc.close(writer.descriptor) }

  private static func inspect(_ descriptor: Int32, _ path: String) throws(SystemError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError(call: "inspect", subject: path, code: errno) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFCHR else { throw SystemError(call: "append to", subject: path, code: EINVAL) }
    return status
  }

  /// Readable, for the sake of the last byte. O_NOFOLLOW: the directory may be writable by others.
  private static let flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY

  private static func open(_ path: String) throws(SystemError) -> Int32 {
    var descriptor = Glibc.open(path, flags)
    if descriptor < 0, errno == ENOENT {
      descriptor = Glibc.open(path, flags | O_CREAT | O_EXCL, 0o640)
      if descriptor >= 0 {
        giveToOwner(of: directory(of: path), descriptor, sharesGroup: false)
      } else if errno == EEXIST {
        descriptor = Glibc.open(path, flags)
      }
    }
    guard descriptor >= 0 else { throw SystemError(call: "open", subject: path, code: errno) }
    return descriptor
  }

  /// What stands after the last newline; of what is longer than any line of ours, the end.
  private static func torn(_ descriptor: Int32, size: off_t, path: String) throws(SystemError) -> [UInt8] {
    let length = Int(min(size, off_t(Limits.groupedEventBytes)))
    // Nearly always the last byte tells.
    for length in [min(length, 1), length] where length > 0 {
      let end = try read(descriptor, length, at: size - off_t(length), path: path)
      guard let newline = end.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      return Array(end[(newline + 1)...])
    }
    return length > 0 ? try read(descriptor, length, at: size - off_t(length), path: path) : []
  }

  private static func read(
    _ descriptor: Int32, _ length: Int, at offset: off_t, path: String
  ) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    let count = pread(descriptor, &bytes, length, offset)
    guard count >= 0 else { throw SystemError(call: "read the end of", subject: path, code: errno) }
    return Array(bytes.prefix(count))
  }

  /// A new file's name must survive a power cut as well as its lines do. Best effort: the directory need not
  /// be readable for us.
  private static func synchronizeDirectory(of path: String) {
    let descriptor = Glibc.open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    Glibc.close(descriptor)
  }
}
