import Addresses
import ImageModel

/// What becomes of a registry's name as the user wrote it. The reference grammar keeps names that mean the same
/// registry apart, and with them the history; for what a user writes they are made one.
struct WatchedDomain {
  /// Lower case, an address in its one spelling, Docker Hub's other names as `docker.io`.
  let canonical: String
  /// Why the name cannot be used.
  let mistake: (message: String, hint: String?)?
  /// Whether the name was written otherwise than references have it.
  let isRewritten: Bool
  /// Whether nothing about the name says that it is a registry's: no dot, no port, not `localhost`.
  let isBareName: Bool
  /// Whether it is an address where no request goes.
  let isForbidden: Bool
  /// How a name is written that was rewritten.
  let rule: String

  private static let hub = "docker.io"
  /// Other hosts of Docker Hub's registry, without and with the default port.
  private static let aliases: Set = [
    "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "docker.io:443", "index.docker.io:443",
    "registry-1.docker.io:443", "registry.hub.docker.com:443",
  ]

  /// Whose web site a host is, and the registry that is meant.
  private static let sites = [
    "hub.docker.com": ("Docker Hub", hub), "github.com": ("GitHub", "ghcr.io"),
    "gitlab.com": ("GitLab", "registry.gitlab.com"),
  ]

  init(_ text: String) {
    let lower = text.lowercased()
    let spelled = (try? HostPort(lower))?.canonical ?? lower
    let isHub = Self.aliases.contains(spelled) || spelled == Self.hub
    canonical = isHub ? Self.hub : spelled
    isForbidden = HostKind(authority: spelled) == .linkLocalOrMetadata
    isRewritten = canonical != text
    isBareName = lower != "localhost" && !lower.contains(".") && !lower.contains(":")
    rule =
      isHub
      ? "Docker Hub's name in references is docker.io"
      : spelled == lower
        ? "host names are lower case in references"
        : "an address or a port has one spelling, so that it has one history"
    mistake = Self.mistake(lower, isBareName)
  }

  private static func mistake(_ text: String, _ isBareName: Bool) -> (message: String, hint: String?)? {
    if let (owner, registry) = sites[text] {
      return ("\(text) is \(owner)'s web site, not a registry", "write \(registry)")
    }
    let place: HostPort
    do {
      place = try HostPort(text)
    } catch .port {
      return ("the port in \(quoted(text)) is out of range", "it takes 1 to 65535")
    } catch {
      return ("\(quoted(text)) is not a registry host", "write host or host:port")
    }
    if let address = IPAddress(disguised: place.host) {
      return (
        "\(quoted(text)) is a number that some programs take for the address \(address)",
        "write \(address)\(place.port.map { ":\($0)" } ?? "") if that is meant"
      )
    }
    return isBareName
      ? ("\(quoted(text)) is not a registry host", "a registry host has a dot or a port, or is localhost") : nil
  }
}
