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

  /// The setting that names it, and means it to be there; `nil` where it may be, as on every machine.
  private(set) var namedBy: String?

  /// Who may read it is the service manager's matter, whose files show a mode that says more than is allowed.
  private(set) var isPassed = false

  /// The file that the configuration names.
  package static func file(_ path: String) -> AuthPlace { named(path, by: "docker_config_file") }

  /// The same, as a credential of the service manager.
  package static func credential(_ path: String) -> AuthPlace {
    var place = file(path)
    place.isPassed = true
    return place
  }

  private static func named(_ path: String, by setting: String) -> AuthPlace {
    var place = AuthPlace(.file(path: path, .config), name: path)
    place.namedBy = setting
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
    func add(_ path: String?, _ form: AuthFile.Form = .config) {
      if let path { places.append(AuthPlace(.file(path: path, form), name: path)) }
    }
    if let path = directory("REGISTRY_AUTH_FILE") { places.append(named(path, by: "REGISTRY_AUTH_FILE")) }
    add(below(xdg("XDG_RUNTIME_DIR"), "containers/auth.json") ?? "/run/containers/\(user)/auth.json")
    add(below(xdg("XDG_CONFIG_HOME") ?? below(home, ".config"), "containers/auth.json"))
    if let path = below(directory("DOCKER_CONFIG"), "config.json") {
      places.append(named(path, by: "DOCKER_CONFIG"))
    } else {
      add(below(home, ".docker/config.json"))
    }
    add(below(home, ".dockercfg"), .dockercfg)
    return places
  }
}
