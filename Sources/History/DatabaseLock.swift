import Glibc
import Host
import Synchronization

/// The right to write one database: an exclusive `flock` on `<database>.lock`, held until released or until the
/// process ends in whatever way. The lock file stays; deleting it could give two writers a lock each.
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
    let kind = try FilePath.kind(of: databasePath)
    // Before anything is made, or `--database /etc` would leave `/etc.lock` behind.
    switch kind {
    case .directory: throw .directory(databasePath)
    case .other: throw StoreError(.foreign, "not a regular file (\(databasePath)): name a file with --database")
    case .missing, .regular: break
    }
    let path = lockPath(for: databasePath)
    let isThere = kind != .missing
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else { throw .notAccessible(path: path, errno: errno) }
    giveToOwner(of: isThere ? databasePath : directory(of: databasePath), descriptor, sharesGroup: true)
    // A reader that looks whether there is a writer holds the lock for an instant, so one refusal proves nothing.
    for attempt in 0..<attempts {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return DatabaseLock(descriptor) }
      if errno != EWOULDBLOCK && errno != EINTR { break }
      if attempt + 1 < attempts { usleep(pauseMicroseconds) }
    }
    let failure = errno
    close(descriptor)
    guard failure == EWOULDBLOCK else { throw .notAccessible(path: path, errno: failure) }
    throw .held(path)
  }

  /// Gives the lock back; later calls do nothing.
  package func release() {
    descriptor.withLock { held in
      if let descriptor = held { close(descriptor) }
      held = nil
    }
  }

  /// Whether somebody writes to the database now, as far as can be told: an unreadable lock file counts as held.
  package static func isHeld(for databasePath: String) -> Bool { look(at: lockPath(for: databasePath)) ?? true }

  /// Looks, and makes nothing. Whatever else is wrong with the place is left to `acquire`.
  ///
  /// - Throws: `.locked` when somebody writes to the database now.
  package static func refuseHeld(_ databasePath: String) throws(StoreError) {
    let path = lockPath(for: databasePath)
    if look(at: path) == true { throw .held(path) }
  }

  /// Whether a lock file is held; `nil` where that cannot be told.
  private static func look(at path: String) -> Bool? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return errno == ENOENT ? false : nil }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
    return errno == EWOULDBLOCK ? true : nil
  }

  private static func lockPath(for databasePath: String) -> String { FilePath.canonical(databasePath) + ".lock" }

  private static let attempts = 5
  private static let pauseMicroseconds: UInt32 = 20_000
}

extension StoreError {
  fileprivate static func held(_ lock: String) -> StoreError {
    StoreError(.locked, "another process holds the database (\(lock)): stop it first, or name another with --database")
  }
}
