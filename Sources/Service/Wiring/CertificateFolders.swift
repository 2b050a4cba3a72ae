/// Where Docker and Podman keep certificates for a host: whoever has set them up for one of these need not do so again.
/// Source: containers-certs.d(5); docs.docker.com, "Use trusted certificates".
struct CertificateFolders: Sendable {
  let environment: [String: String]

  /// The directories for a registry, in the order in which they count: the user's own before the machine's.
  ///
  /// - Parameter host: `host[:port]` of whoever is asked, as it is written.
  func paths(for host: String) -> [String] {
    // moby looks nowhere for Docker Hub, containerd under its name.
    let names = host == "docker.io" ? [host, "registry-1.docker.io"] : [host]
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.config" : nil }
    let own = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
    let roots = (own.map { ["\($0)/containers", "\($0)/docker"] } ?? []) + ["/etc/containers", "/etc/docker"]
    return names.flatMap { name in roots.map { "\($0)/certs.d/\(name)" } }
  }
}
