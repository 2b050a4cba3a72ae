import Glibc
import Host

/// What the store needs to know about a path before SQLite sees it. The database file itself is never opened
/// and closed here while it exists: closing any descriptor of it would drop the process's POSIX locks.
/// Source: sqlite.org/howtocorrupt.html, 2.2.
enum FilePath {
  enum Kind: Hashable {
    case missing, regular(size: Int), directory, other
  }

  /// The path with symbolic links followed where it exists, so that two names of one file have one lock, and
  /// with a leading `./` where SQLite could take it for a URI or for `:memory:`.
  static func canonical(_ path: String) -> String {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    let parent = directory(of: path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let resolved = realpath(parent, nil) else { return path.hasPrefix("/") ? path : "./" + path }
    defer { free(resolved) }
    let folder = String(cString: resolved)
    return folder == "/" ? "/" + name : folder + "/" + name
  }

  /// What ends with a slash is meant to be a directory, also where there is none yet.
  ///
  /// - Throws: the errno of `stat`, unless it only says that there is nothing.
  static func kind(of path: String) throws(StoreError) -> Kind {
    if path.hasSuffix("/") { return .directory }
    var info = stat()
    guard stat(path, &info) == 0 else {
      if errno == ENOENT { return .missing }
      throw .notAccessible(path: path, errno: errno)
    }
    switch info.st_mode & S_IFMT {
    case S_IFREG: return .regular(size: Int(info.st_size))
    case S_IFDIR: return .directory
    default: return .other
    }
  }

  /// Whether there is a file that a writer may take for its database, where nothing else is in its place.
  ///
  /// - Throws: `.directory`, `.foreign`; what `kind` does.
  static func isDatabaseThere(_ path: String) throws(StoreError) -> Bool {
    switch try kind(of: path) {
    case .directory: throw .directory(path)
    case .other: throw StoreError(.foreign, "not a regular file (\(path)): name a file with --database")
    case .missing: return false
    case .regular: return true
    }
  }

  /// Which file a path names; `nil` where there is none.
  struct FileID: Hashable, Sendable {
    let device: UInt
    let node: UInt
  }

  static func id(of path: String) -> FileID? {
    var info = stat()
    return stat(path, &info) == 0 ? FileID(device: UInt(info.st_dev), node: UInt(info.st_ino)) : nil
  }

  /// Size in bytes, 0 where there is none.
  static func size(of path: String) -> Int {
    var info = stat()
    return stat(path, &info) == 0 ? Int(info.st_size) : 0
  }

  /// What an unprivileged process may still write on the file system of `path`; 0 if that cannot be said.
  static func freeBytes(beside path: String) -> Int {
    var info = statvfs()
    return statvfs(directory(of: path), &info) == 0 ? Int(info.f_bavail) * Int(info.f_frsize) : 0
  }

  /// Creates a directory and those above it that are missing, mode 0750.
  static func createDirectory(_ path: String) throws(StoreError) {
    guard path != "/", path != ".", mkdir(path, 0o750) != 0 else { return }
    if errno == EEXIST { return }
    guard errno == ENOENT else { throw .notAccessible(path: path, errno: errno) }
    try createDirectory(directory(of: path))
    guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw .notAccessible(path: path, errno: errno) }
  }

  /// Creates an empty file, mode 0640 whatever the umask: members of the group may query.
  static func createFile(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw .notAccessible(path: path, errno: errno) }
    fchmod(descriptor, 0o640)
    giveToOwner(of: directory(of: path), descriptor, sharesGroup: true)
    close(descriptor)
  }

  /// Has a file, or the names in a directory, written to the disk.
  static func sync(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .notAccessible(path: path, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .notAccessible(path: path, errno: errno) }
  }

  /// Why the effective user cannot read and write `path`; `nil` if it can.
  static func probe(_ path: String) -> Int32? {
    faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0 ? nil : errno
  }

  /// Whether both are there and do not belong to the same user.
  static func differInOwner(_ path: String, _ other: String) -> Bool {
    var (one, two) = (stat(), stat())
    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_uid != two.st_uid
  }

  /// Of the files that SQLite keeps beside a database the first that is there and that the effective user cannot read
  /// and write, and why.
  static func probeJournal(of database: String) -> (path: String, errno: Int32)? {
    for path in [database + "-wal", database + "-shm"] where id(of: path) != nil {
      if let errno = probe(path) { return (path, errno) }
    }
    return nil
  }

  /// Why the effective user cannot make files in a directory; `nil` if it can.
  static func probeDirectory(_ path: String) -> Int32? {
    faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0 ? nil : errno
  }

  static func isReadable(_ path: String) -> Bool { faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 }
}
