import ImageModel

extension ConfigReader {
  /// The tag that an entry is about, and the digest that it expects there.
  mutating func watchedTag(_ text: String, at offset: Int) -> (tag: TagReference, pinned: Digest?)? {
    if let shown = WrittenReference.withoutUserinfo(text), let explanation = WrittenReference.userinfo(text) {
      source.mask(stringAt: offset)
      error(at: offset, "\(quoted(shown)) is not an image reference: \(explanation)")
      return nil
    }
    if let explanation = WrittenReference.imageID(text) {
      error(at: offset, "\(quoted(text)) is not an image reference: \(explanation)")
      return nil
    }
    let reference: ImageReference
    do {
      reference = try ImageReference(WrittenReference.inTheGrammar(text))
    } catch let problem {
      error(
        at: offset, "\(quoted(text)) is not an image reference: \(problem.explanation.safe(limit: 400))",
        hint: WrittenReference.advice(text))
      return nil
    }
    guard let tag = reference.tag else {
      error(
        at: offset, "\(quoted(text)) names a digest and no tag: nothing about it can change",
        hint: "write image:tag, or image:tag@digest")
      return nil
    }
    let domain = domain(reference.domain)
    if let mistake = domain.mistake {
      // The grammar takes `Team/app` for a registry `Team`, because of the upper case.
      let hint = domain.isBareName ? "for an image of Docker Hub write \(quoted(text.lowercased()))" : mistake.hint
      error(at: offset, mistake.message, hint: hint)
      return nil
    }
    let isShort = domain.canonical == "docker.io" && !reference.path.contains("/")
    let canonical = TagReference(
      domain: domain.canonical, path: isShort ? "library/\(reference.path)" : reference.path, tag: tag)
    warn(about: canonical, text, domain, at: offset)
    return (canonical, reference.digest)
  }

  private mutating func domain(_ text: String) -> WatchedDomain {
    if let known = domains[text] { return known }
    let domain = WatchedDomain(text)
    domains[text] = domain
    return domain
  }

  private mutating func warn(about tag: TagReference, _ text: String, _ domain: WatchedDomain, at offset: Int) {
    let isHub = domain.canonical == "docker.io"
    // The reference grammar itself makes docker.io of index.docker.io.
    if domain.isRewritten || isHub && text.hasPrefix("index.docker.io/") {
      warning(
        at: offset, "\(quoted(text)) is watched as \(tag)",
        hint: domain.rule)
    } else if isHub, let host = Self.hostWithoutPath(text) {
      warning(
        at: offset, "\(quoted(text)) means the Docker Hub image \(tag)",
        hint: "to name the registry \(host.safe(limit: 100)), add the repository: \(host.safe(limit: 100))/name:tag")
    }
    if domain.isForbidden {
      fault(
        at: offset, "\(quoted(text)) is never polled: \(tag.domain) is a link-local or metadata address",
        hint: "no setting allows requests to these")
    }
    if Self.isAttached(tag.tag) {
      warning(
        at: offset, "\(quoted(text)) is no image: under such a tag lies what is attached to one, like signatures",
        hint: "watch the tag of the image itself")
    }
    let length = tag.domain.utf8.count + 1 + tag.path.utf8.count
    if length > 255 {
      warning(at: offset, "the name is \(length) bytes long with its registry; many tools stop at 255")
    }
  }

  /// `sha256-<hex>`, `sha256-<hex>.sig`. Source: distribution-spec, Referrers Tag Schema; sigstore/cosign
  /// `specs/SIGNATURE_SPEC.md`.
  private static func isAttached(_ tag: String) -> Bool {
    guard tag.hasPrefix("sha256-") || tag.hasPrefix("sha512-") else { return false }
    let hex = tag.utf8.dropFirst(7).prefix { $0 != UInt8(ascii: ".") }
    return hex.count >= 64 && hex.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// `localhost:5000`, `example.com`: without a slash the grammar takes such a text for an image.
  private static func hostWithoutPath(_ text: String) -> String? {
    guard !text.utf8.contains(UInt8(ascii: "/")) else { return nil }
    let bare = text.prefix { $0 != "@" }
    let name = bare.prefix { $0 != ":" }
    guard name == "localhost" || name.utf8.contains(UInt8(ascii: ".")) else { return nil }
    return bare.dropFirst(name.count + 1).utf8.allSatisfy { (0x30...0x39).contains($0) } ? String(bare) : String(name)
  }
}
