import Glibc
import Host
import ImageModel

/// Where the engine of this machine listens. Source: docs/reference.md, drift.
struct EngineSocket {
  private static let scheme = "unix://"

  /// What `--engine` says.
  let option: String?
  let environment: [String: String]

  /// - Parameter probe: what there is at a path.
  func path(probe: (String) -> Presence = Presence.init) throws(CommandError) -> String {
    if let option { return try usable(try Self.named(option), probe) }
    if let host = environment["DOCKER_HOST"], host.hasPrefix(Self.scheme) {
      return try usable(try Self.named(host), probe)
    }
    let places = self.places
    if let found = places.first(where: { [.socket, .closed, .other].contains(probe($0)) }) {
      return try usable(found, probe)
    }
    // A directory that cannot be looked into may have one.
    if let hidden = places.first(where: { probe($0) == .hidden }) { return try usable(hidden, probe) }
    throw CommandError(
      .unavailable,
      "there is no container engine (\(places.map(\.shown).joined(separator: ", "))): start it, name its socket with "
        + "--engine, or give --from a file")
  }

  private var places: [String] {
    let own = environment["XDG_RUNTIME_DIR"].map { $0.hasPrefix("/") ? ["\($0)/podman/podman.sock"] : [] } ?? []
    return ["/var/run/docker.sock"] + own + ["/run/podman/podman.sock"]
  }

  /// A path, or a URL of one.
  private static func named(_ text: String) throws(CommandError) -> String {
    let path = text.hasPrefix(scheme) ? String(text.dropFirst(scheme.count)) : text
    guard !path.contains("://") else {
      throw CommandError(.usage, "not the socket of an engine (\(text.shown)): give a path or unix://PATH")
    }
    return path
  }

  private func usable(_ path: String, _ probe: (String) -> Presence) throws(CommandError) -> String {
    switch probe(path) {
    case .socket: return path
    case .closed, .hidden:
      throw CommandError(
        .permission,
        "no permission to ask the container engine (\(FileAccess.describe(path)), you are \(FileAccess.user)): "
          + "\(FileAccess.remedy(path, isWriting: true)), or give --from a file")
    case .other: throw CommandError(.unavailable, "not a socket (\(path.shown)): name the engine's with --engine")
    case .missing:
      throw CommandError(
        .unavailable, "there is no container engine (\(path.shown)): start it, or name its socket with --engine")
    }
  }

  enum Presence {
    case socket, missing
    /// One that this user may not connect to.
    case closed
    /// It cannot be looked whether there is one.
    case hidden
    case other

    init(_ path: String) {
      var info = stat()
      guard stat(path, &info) == 0 else {
        self = errno == EACCES ? .hidden : .missing
        return
      }
      guard info.st_mode & S_IFMT == S_IFSOCK else {
        self = .other
        return
      }
      // To connect is to write. Source: unix(7).
      self = access(path, W_OK) == 0 ? .socket : .closed
    }
  }
}
