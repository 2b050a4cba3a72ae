import Glibc
import Host
import ImageModel
import Synchronization

/// The right to write one database: an exclusive `flock` on `<database>.lock`, held until released or until the
/// process ends in whatever way. The lock file stays; deleting it could give two writers a lock each. It says who took
/// the lock last: `<process ID>`, or of the daemon `<process ID> daemon <start, UTC milliseconds>`.
package final class DatabaseLock: Sendable {
  private let descriptor: Mutex<Int32?>

  private init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

  deinit { release() }

  /// Takes the lock without waiting for another writer.
  ///
  /// - Parameter databasePath: of the database; its directory must be there.
  /// - Throws: `.foreign` for what is no regular file; `.locked` if another process, or another part of this one,
  ///   holds it; `.permission`, `.cannotCreate`, `.io` if the lock file cannot be had.
  static func acquire(for databasePath: String) throws(StoreError) -> DatabaseLock {
    // Before anything is made, or `--database /etc` would leave `/etc.lock` behind.
    let isThere = try FilePath.isDatabaseThere(databasePath)
    let path = lockPath(for: databasePath)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else { throw .lock(path, of: databasePath, errno: errno) }
    if isOurs(descriptor) {
      giveToOwner(of: isThere ? databasePath : directory(of: databasePath), descriptor, sharesGroup: true)
    }
    // A reader that looks whether there is a writer holds the lock for an instant, so one refusal proves nothing.
    for attempt in 0..<attempts {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        sign(descriptor, Holder(pid: Int(getpid()), daemonSince: nil))
        return DatabaseLock(descriptor)
      }
      if errno != EWOULDBLOCK && errno != EINTR { break }
      if attempt + 1 < attempts { usleep(pauseMicroseconds) }
    }
    let failure = errno
    let holder = signature(descriptor)
    close(descriptor)
    guard failure == EWOULDBLOCK else { throw .notAccessible(path: path, errno: failure) }
    throw .held(path, by: holder)
  }

  /// Says that the daemon has it which started then.
  func signAsDaemon(since: Timestamp) {
    descriptor.withLock { held in
      if let descriptor = held { Self.sign(descriptor, Holder(pid: Int(getpid()), daemonSince: since)) }
    }
  }

  /// Gives the lock back; later calls do nothing.
  package func release() {
    descriptor.withLock { held in
      if let descriptor = held { close(descriptor) }
      held = nil
    }
  }

  enum State: Hashable {
    case free
    /// By this process, if it can be told.
    case held(by: Holder?)
    /// It cannot be looked at.
    case unknown
  }

  struct Holder: Hashable {
    let pid: Int
    /// `nil` for whoever is not the daemon.
    let daemonSince: Timestamp?
  }

  /// Whether somebody writes to the database now, as far as can be told: an unreadable lock file counts as held.
  package static func isHeld(for databasePath: String) -> Bool { state(for: databasePath) != .free }

  static func state(for databasePath: String) -> State { look(at: lockPath(for: databasePath)) }

  /// Looks whether `acquire` could have the lock file, whoever holds it, and makes nothing.
  ///
  /// - Throws: what `acquire` would.
  static func inspect(for databasePath: String) throws(StoreError) {
    let path = lockPath(for: databasePath)
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if descriptor >= 0 {
      close(descriptor)
    } else if errno != ENOENT {
      throw .lock(path, of: databasePath, errno: errno)
    }
  }

  /// Looks, and makes nothing. Whatever else is wrong with the place is left to `acquire`.
  ///
  /// - Throws: `.locked` when somebody writes to the database now.
  package static func refuseHeld(_ databasePath: String) throws(StoreError) {
    let path = lockPath(for: databasePath)
    if case .held(let holder) = look(at: path) { throw .held(path, by: holder) }
  }

  private static func look(at path: String) -> State {
    // A pipe there would be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return errno == ENOENT ? .free : .unknown }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return .free }
    return errno == EWOULDBLOCK ? .held(by: signature(descriptor)) : .unknown
  }

  /// Says who has it; on a full disk, nobody.
  private static func sign(_ descriptor: Int32, _ holder: Holder) {
    guard isOurs(descriptor), ftruncate(descriptor, 0) == 0 else { return }
    let text = Array(holder.text.utf8)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  /// Of a file that nobody signs, what stands in it is not by who has it.
  private static func signature(_ descriptor: Int32) -> Holder? {
    guard isOurs(descriptor) else { return nil }
    var text = [UInt8](repeating: 0, count: 64)
    let count = pread(descriptor, &text, text.count, 0)
    return count > 0 ? Holder(String(decoding: text[..<count], as: UTF8.self)) : nil
  }

  /// A file that has another name as well may be anybody's: it is locked, and neither written nor given away.
  private static func isOurs(_ descriptor: Int32) -> Bool {
    var info = stat()
    return fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_nlink == 1
  }

  private static func lockPath(for databasePath: String) -> String { FilePath.canonical(databasePath) + ".lock" }

  private static let attempts = 5
  private static let pauseMicroseconds: UInt32 = 20_000
}

extension DatabaseLock.Holder {
  init?(_ text: String) {
    let words = text.prefix { $0 != "\n" }.split(separator: " ")
    guard let pid = words.first.flatMap({ Int($0) }) else { return nil }
    self.pid = pid
    let since = words.count == 3 && words[1] == "daemon" ? Int64(words[2]) : nil
    daemonSince = since.map(Timestamp.init(milliseconds:))
  }

  fileprivate var text: String { "\(pid)" + (daemonSince.map { " daemon \($0.milliseconds)" } ?? "") + "\n" }
}

extension StoreError {
  fileprivate static func held(_ lock: String, by holder: DatabaseLock.Holder?) -> StoreError {
    let process = holder.map { "process \($0.pid)" } ?? "another process"
    return StoreError(
      .locked, "\(process) holds the database (\(lock)): stop it first, or name another with --database")
  }

  /// A lock file that cannot be opened for writing, or made.
  fileprivate static func lock(_ path: String, of database: String, errno failure: Int32) -> StoreError {
    switch failure {
    case ELOOP, EISDIR, ENXIO:
      let what = failure == ELOOP ? "a symbolic link" : failure == EISDIR ? "a directory" : "no regular file"
      return StoreError(.cannotCreate, "the lock of the database cannot be taken (\(path) is \(what)): remove it")
    default: return .notAccessible(path: path, errno: failure, database: database)
    }
  }
}
