import Glibc
import Host

/// Addresses and peers of Unix domain sockets.
package enum ControlSocket {
  static let fileName = "control.sock"

  /// Where the daemon listens: in `$RUNTIME_DIRECTORY`, else beside the database. Source: docs/service.md, Files.
  package static func path(database: String, environment: [String: String]) -> String {
    // The service manager may pass several, separated by colons.
    if let folder = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first { return "\(folder)/\(fileName)" }
    return beside(database)
  }

  /// Where a command looks for the daemon of a database, which may run as the service.
  package static func paths(database: String, environment: [String: String]) -> [String] {
    let service = "/run/watcher/\(fileName)"
    let first = path(database: database, environment: environment)
    return [first] + [beside(database), service].filter { $0 != first }
  }

  private static func beside(_ database: String) -> String {
    let folder = database.lastIndex(of: "/").map { String(database[..<$0]) } ?? "."
    return "\(folder)/\(fileName)"
  }

  /// A connected socket, or why there is none. Reading and writing blocks, for `seconds` at most, and so does this:
  /// where nobody takes connections any more, each that was given up stays in the way of the next.
  ///
  /// - Returns: `EAGAIN` where nobody took it in time.
  static func connect(_ path: String, seconds: Int) -> Result<Int32, SystemError> {
    guard let address = UnixSocketAddress(path) else { return .failure(SystemError(code: ENAMETOOLONG)) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return .failure(SystemError(code: errno)) }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    guard address.withPointer({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
      let error = SystemError(code: errno)
      close(descriptor)
      return .failure(error)
    }
    return .success(descriptor)
  }
}

/// The process at the other end of a connection, as the kernel says.
struct ControlPeer {
  let user: uid_t
  private let groups: [gid_t]

  /// `nil` when the kernel does not say.
  init?(_ descriptor: Int32) {
    // `struct ucred`, which the C library shows to programs with GNU extensions only.
    var credentials: (process: pid_t, user: uid_t, group: gid_t) = (0, 0, 0)
    var length = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
    user = credentials.user
    var more = [gid_t](repeating: 0, count: 1024)
    var bytes = socklen_t(more.count * MemoryLayout<gid_t>.size)
    let hasMore = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &more, &bytes) == 0
    groups = [credentials.group] + (hasMore ? more.prefix(Int(bytes) / MemoryLayout<gid_t>.size) : [])
  }

  /// Root, or the user the daemon runs as.
  var isOwner: Bool { user == 0 || user == geteuid() }

  func isMember(of group: gid_t) -> Bool { groups.contains(group) }
}
