import Glibc

/// Addresses and peers of Unix domain sockets.
enum ControlSocket {
  static let fileName = "control.sock"

  /// Where the daemon listens: in `$RUNTIME_DIRECTORY`, else beside the database. Source: the contract, section 2.
  static func path(database: String, environment: [String: String]) -> String {
    // The service manager may pass several, separated by colons.
    if let folder = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first { return "\(folder)/\(fileName)" }
    return besides(database)
  }

  /// Where a command looks for the daemon of a database, which may run as the service.
  static func places(database: String, environment: [String: String]) -> [String] {
    let service = "/run/watcher/\(fileName)"
    let first = path(database: database, environment: environment)
    return [first] + [besides(database), service].filter { $0 != first }
  }

  private static func besides(_ database: String) -> String {
    let folder = database.lastIndex(of: "/").map { String(database[..<$0]) } ?? "."
    return "\(folder)/\(fileName)"
  }

  /// Calls `body` with the address of a path; `nil` when the path is too long for one.
  static func withAddress<T>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T? {
    var address = sockaddr_un()
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  /// A connected socket, or why there is none.
  static func connect(_ path: String, isBlocking: Bool) -> Result<Int32, SystemErrorNumber> {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | (isBlocking ? 0 : SOCK_NONBLOCK.rawValue))
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { return .failure(SystemErrorNumber(errno)) }
    let code = withAddress(path) { Glibc.connect(descriptor, $0, $1) }
    guard code == 0 else {
      let error = SystemErrorNumber(code == nil ? ENAMETOOLONG : errno)
      close(descriptor)
      return .failure(error)
    }
    return .success(descriptor)
  }
}

struct SystemErrorNumber: Error, CustomStringConvertible {
  let value: Int32
  init(_ value: Int32) { self.value = value }
  var description: String { String(cString: strerror(value)) }
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
