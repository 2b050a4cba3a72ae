import Documents
import ImageModel

/// Where to look at what lies between two images' sources, as their labels name them.
/// Source: opencontainers/image-spec `annotations.md`; the forges' own addresses.
enum RevisionLink {
  /// `nil` where the labels name no repository of a forge that is known, another one before, or no two revisions.
  static func between(_ old: ImageSettings, _ new: ImageSettings) -> String? {
    guard let repository = repository(new), let before = self.repository(old), repository == before,
      let from = revision(old), let to = revision(new), from != to
    else { return nil }
    let place = isGitLab(repository.host) ? "/-/compare" : "/compare"
    return "https://\(repository.host)/\(repository.path)\(place)/\(from)...\(to)"
  }

  private static func label(_ name: String, _ settings: ImageSettings) -> String? {
    guard case .string(let text)? = settings["labels.org.opencontainers.image.\(name)"] else { return nil }
    return text
  }

  private static func repository(_ settings: ImageSettings) -> (host: String, path: String)? {
    let scheme = "https://"
    guard let source = label("source", settings), source.hasPrefix(scheme) else { return nil }
    var text = source.dropFirst(scheme.count).prefix { $0 != "#" && $0 != "?" }
    if text.hasSuffix("/") { text.removeLast() }
    if text.hasSuffix(".git") { text.removeLast(4) }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.allSatisfy(isPlain) else { return nil }
    let host = String(parts[0])
    guard isGitLab(host) || ["github.com", "codeberg.org"].contains(host) else { return nil }
    // Only GitLab has groups within groups; elsewhere what follows is a place within the repository.
    return (host, parts.dropFirst().prefix(isGitLab(host) ? .max : 2).joined(separator: "/"))
  }

  private static func isGitLab(_ host: String) -> Bool { host == "gitlab.com" || host.hasPrefix("gitlab.") }

  private static func revision(_ settings: ImageSettings) -> String? {
    label("revision", settings).flatMap { isPlain($0) && $0.utf8.count <= 100 ? $0 : nil }
  }

  /// What needs no escape in a URL, and leads nowhere else.
  private static func isPlain(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text != "." && text != ".."
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || "-._~".utf8.contains(byte)
      }
  }
}

extension ImageDifference {
  /// Where to look at what lies between the sources of both; `nil` where that is not known.
  package var link: String? {
    guard let before = from?.settings, let after = to?.settings else { return nil }
    return RevisionLink.between(before, after)
  }
}
