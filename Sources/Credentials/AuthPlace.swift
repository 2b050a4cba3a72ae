package import Glibc

/// Where log-ins are looked for, in that order; the first that has one counts. Source: containers/image
/// `docs/containers-auth.json.5.md`, docker/cli `cli/config/config.go`.
package struct AuthPlace: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// The text itself.
    case variable(String)
    case file(path: String, AuthFile.Form)
  }

  let kind: Kind
  /// For messages: a path, or the name of a variable.
  let name: String

  private init(_ kind: Kind, name: String) { (self.kind, self.name) = (kind, name) }

  /// Who may read it is the service manager's matter, whose files show a mode that says more than is allowed.
  private(set) var isPassed = false

  package static func file(_ path: String) -> AuthPlace { AuthPlace(.file(path: path, .config), name: path) }

  /// A credential of the service manager.
  package static func credential(_ path: String) -> AuthPlace {
    var place = file(path)
    place.isPassed = true
    return place
  }

  /// Those that the tools of the user have. Without `HOME` there are none of it.
  package static func found(environment: [String: String], user: uid_t = getuid()) -> [AuthPlace] {
    func directory(_ variable: String) -> String? { environment[variable].flatMap { $0.isEmpty ? nil : $0 } }
    let home = directory("HOME")
    // A directory that is not absolute is to be ignored. Source: XDG base directory specification.
    func xdg(_ variable: String) -> String? { directory(variable).flatMap { $0.hasPrefix("/") ? $0 : nil } }
    func below(_ directory: String?, _ rest: String) -> String? { directory.map { "\($0)/\(rest)" } }
    var places: [AuthPlace] = []
    if let text = directory("DOCKER_AUTH_CONFIG") {
      places.append(AuthPlace(.variable(text), name: "DOCKER_AUTH_CONFIG"))
    }
    let files = [
      directory("REGISTRY_AUTH_FILE"),
      below(xdg("XDG_RUNTIME_DIR"), "containers/auth.json") ?? "/run/containers/\(user)/auth.json",
      below(xdg("XDG_CONFIG_HOME") ?? below(home, ".config"), "containers/auth.json"),
      below(directory("DOCKER_CONFIG") ?? below(home, ".docker"), "config.json"),
    ]
    places += files.compactMap(\.self).map(AuthPlace.file)
    if let path = below(home, ".dockercfg") { places.append(AuthPlace(.file(path: path, .dockercfg), name: path)) }
    return places
  }
}
