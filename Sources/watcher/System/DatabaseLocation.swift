import Glibc
import History
import Host
import ImageModel
import Service

/// Which database a command uses. Source: docs/reference.md, Commands.
struct DatabaseLocation {
  static let servicePath = "/var/lib/watcher/watcher.db"

  /// What can be said about a file without opening it.
  enum Presence: Hashable {
    case present, missing
    /// A directory above it keeps it from being looked at.
    case forbidden
  }

  /// What `--database` says.
  let option: String?
  let environment: [String: String]

  /// Whether the configuration has no say, so need not be read for this.
  var isNamed: Bool { option != nil || value("WATCHER_DATABASE") != nil }

  /// - Parameters:
  ///   - configured: `database` of the configuration.
  ///   - probe: looks whether a file is there.
  /// - Throws: status 77 when the service's database cannot be examined: it must not be taken for missing.
  func path(configured: String?, probe: (String) -> Presence = Self.probe) throws(CommandError) -> String {
    if let named = option ?? value("WATCHER_DATABASE") ?? configured { return named }
    // The service manager may pass several, separated by colons. Source: systemd.exec(5), StateDirectory=.
    if let directory = value("STATE_DIRECTORY")?.split(separator: ":").first { return "\(directory)/watcher.db" }
    switch probe(Self.servicePath) {
    case .present: return Self.servicePath
    case .forbidden:
      throw CommandError(
        .permission,
        "cannot look whether there is \(Self.servicePath): \(FileAccess.remedy(Self.servicePath, isWriting: false))")
    case .missing: break
    }
    // Relative paths are to be ignored. Source: the XDG base directory specification.
    if let state = value("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/watcher/watcher.db" }
    guard let home = value("HOME") else {
      throw CommandError(.configuration, "no place for a database (HOME is not set): name one with --database")
    }
    return "\(home)/.local/state/watcher/watcher.db"
  }

  /// What says so before the configuration, or because that says nothing.
  func origin(configured: String?) -> String? {
    if option != nil { return "--database" }
    if value("WATCHER_DATABASE") != nil { return "WATCHER_DATABASE" }
    return configured == nil && value("STATE_DIRECTORY") != nil ? "STATE_DIRECTORY" : nil
  }

  /// As `path`, for commands that write. Only the user's own default place is made where it is missing: a directory
  /// that somebody named and that is not there is a slip, and a second history would begin in it.
  func writerPath(configured: String?) throws -> String {
    let place = try place(configured: configured)
    if place.makesDirectory { try HistoryWriter.makeDirectory(for: place.path) }
    return place.path
  }

  /// The same, and nothing is made.
  func place(configured: String?) throws(CommandError) -> DatabasePlace {
    let path = try path(configured: configured)
    let isDefault = !isNamed && configured == nil && value("STATE_DIRECTORY") == nil && path != Self.servicePath
    return DatabasePlace(path, makesDirectory: isDefault)
  }

  /// An empty variable is as good as none.
  private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  private static func probe(_ path: String) -> Presence {
    var info = stat()
    if stat(path, &info) == 0 { return .present }
    return errno == ENOENT || errno == ENOTDIR ? .missing : .forbidden
  }
}
