/// A normalised image reference: where an image is and which one it is.
///
/// Parsing follows distribution/reference (`ParseNormalizedNamed`): `amazonlinux` becomes
/// `docker.io/library/amazonlinux:latest`. See `ReferenceParser` for the grammar.
package struct ImageReference: Hashable, Sendable, CustomStringConvertible {
  /// Registry host with an optional port, as written: `docker.io`, `localhost:5000`, `[::1]:5000`.
  package let domain: String
  /// Repository path below the domain, `library/amazonlinux`.
  package let path: String
  /// The tag; `latest` where the text named neither tag nor digest; `nil` for a digest-only reference.
  package let tag: String?
  /// The digest after `@`, if any.
  package let digest: Digest?

  package init(_ text: String) throws(ReferenceError) {
    self = try ReferenceParser.parse(text)
  }

  init(domain: String, path: String, tag: String?, digest: Digest?) {
    self.domain = domain
    self.path = path
    self.tag = tag
    self.digest = digest
  }

  /// The canonical form, `docker.io/library/amazonlinux:latest`; the one to store and to compare.
  package var description: String {
    "\(domain)/\(path)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
  }

  /// The mutable part of this reference, `nil` when it has no tag.
  package var tagReference: TagReference? {
    tag.map { TagReference(domain: domain, path: path, tag: $0) }
  }

  /// The short form people write, `amazonlinux:latest`. For display only: it does not always parse back.
  package var familiar: String {
    familiarName(domain: domain, path: path) + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
  }
}

/// A tag in a repository: what a watchlist holds and what history is keyed by.
package struct TagReference: Hashable, Sendable, CustomStringConvertible {
  package let domain: String
  package let path: String
  package let tag: String

  /// - Precondition: the parts come from a parsed reference or from the store.
  package init(domain: String, path: String, tag: String) {
    self.domain = domain
    self.path = path
    self.tag = tag
  }

  /// The canonical form, `docker.io/library/amazonlinux:latest`.
  package var description: String { "\(domain)/\(path):\(tag)" }

  /// The short form, `amazonlinux:latest`.
  package var familiar: String { familiarName(domain: domain, path: path) + ":" + tag }

  package var repository: RepositoryReference { RepositoryReference(domain: domain, path: path) }

  /// Where its page is on the service's host, as it stands in a URL.
  package var pagePath: String { "/tags/" + description.percentEncoded(keeping: "/:") }

  /// Whether a text can be a tag at all.
  package static func isTag(_ text: String) -> Bool { ReferenceParser.isTag(text) }

  /// What pulls exactly `digest` from this repository, `docker.io/library/amazonlinux@sha256:…`.
  package func pull(_ digest: Digest) -> String { "\(domain)/\(path)@\(digest)" }
}

/// A repository: what tags are in.
package struct RepositoryReference: Hashable, Sendable, CustomStringConvertible {
  package let domain: String
  package let path: String

  /// - Precondition: the parts come from a parsed reference or from the store.
  package init(domain: String, path: String) {
    self.domain = domain
    self.path = path
  }

  /// The canonical form, `docker.io/library/amazonlinux`.
  package var description: String { "\(domain)/\(path)" }

  /// The short form, `amazonlinux`.
  package var familiar: String { familiarName(domain: domain, path: path) }

  package func tag(_ tag: String) -> TagReference { TagReference(domain: domain, path: path, tag: tag) }
}

/// Strips `docker.io/`, then `library/` if exactly one component follows.
/// Source: distribution/reference `normalize.go`, `familiarizeName`.
private func familiarName(domain: String, path: String) -> String {
  guard domain == "docker.io" else { return "\(domain)/\(path)" }
  let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
  return parts.count == 2 && parts[0] == "library" ? String(parts[1]) : path
}
