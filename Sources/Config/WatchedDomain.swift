import ImageModel

/// What becomes of a registry's name as the user wrote it. The reference grammar keeps names that mean the same
/// registry apart, and with them the history; for what a user writes in the configuration they are made one.
struct WatchedDomain {
  /// Lower case, Docker Hub's other names as `docker.io`.
  let canonical: String
  /// Why the name cannot be used.
  let mistake: (message: String, hint: String?)?
  /// Whether the name was written otherwise than references have it.
  let isRewritten: Bool
  /// Whether nothing about the name says that it is a registry's: no dot, no port, not `localhost`.
  let isBareName: Bool

  private static let hub = "docker.io"
  /// Other hosts of Docker Hub's registry, without and with the default port.
  private static let aliases: Set = [
    "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "docker.io:443", "index.docker.io:443",
    "registry-1.docker.io:443", "registry.hub.docker.com:443",
  ]

  init(_ text: String) {
    let lower = text.lowercased()
    canonical = Self.aliases.contains(lower) ? Self.hub : lower
    isRewritten = canonical != text
    isBareName = lower != "localhost" && !lower.contains(".") && !lower.contains(":")
    mistake = Self.mistake(lower, isBareName)
  }

  private static func mistake(_ text: String, _ isBareName: Bool) -> (message: String, hint: String?)? {
    if text == "hub.docker.com" {
      return ("hub.docker.com is Docker Hub's web site, not a registry", "write docker.io")
    }
    do {
      _ = try HostPort(text)
    } catch .port {
      return ("the port in \(quoted(text)) is out of range", "it takes 1 to 65535")
    } catch {
      return ("\(quoted(text)) is not a registry host", "write host or host:port")
    }
    return isBareName
      ? ("\(quoted(text)) is not a registry host", "a registry host has a dot or a port, or is localhost") : nil
  }
}
