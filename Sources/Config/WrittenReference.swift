import Addresses
package import ImageModel

/// An image reference as a person writes it, on the command line or in the configuration. The reference grammar takes
/// several spellings of one registry for several registries, and a pasted image ID for a tag; a person means neither.
package struct WrittenReference: Sendable {
  package struct Mistake: Error, Sendable, Hashable {
    /// What is wrong and what to do, on one line.
    package let explanation: String
  }

  /// With its registry under the name that the history has it by.
  package let canonical: ImageReference

  package init(_ text: String) throws(Mistake) {
    if let explanation = Self.userinfo(text) ?? Self.imageID(text) { throw Mistake(explanation: explanation) }
    let reference: ImageReference
    do {
      reference = try ImageReference(Self.inTheGrammar(text))
    } catch {
      throw Mistake(explanation: error.explanation + (Self.advice(text).map { "; \($0)" } ?? ""))
    }
    let domain = WatchedDomain(reference.domain)
    if let mistake = domain.mistake {
      throw Mistake(explanation: mistake.message + (mistake.hint.map { "; \($0)" } ?? ""))
    }
    let rest = reference.description.dropFirst(reference.domain.count)
    guard domain.isRewritten, let rewritten = try? ImageReference(domain.canonical + rest) else {
      canonical = reference
      return
    }
    canonical = rewritten
  }

  /// The name that a recorded tag has by now, where an older version took its registry's name as it was written.
  package static func respelled(_ tag: TagReference) -> TagReference {
    (try? WrittenReference(tag.description))?.canonical.tagReference ?? tag
  }

  /// The grammar has no dots in an IPv6 address, and people write `[::ffff:127.0.0.1]`.
  static func inTheGrammar(_ text: String) -> String {
    guard text.hasPrefix("["), let end = text.firstIndex(of: "]") else { return text }
    let address = text[..<end].dropFirst()
    guard address.contains("."), IPAddress(String(address)) != nil else { return text }
    return HostName.bracketed(HostName.canonical(String(address))) + text[end...].dropFirst()
  }

  /// A text that is no reference because it holds a user name and a password: how to do without; `nil` for others.
  static func userinfo(_ text: String) -> String? {
    withoutUserinfo(text) == nil
      ? nil : "it holds a user name and a password; leave them out, and name them under \"registries\""
  }

  /// What may be shown of a text that holds a user name and a password before its host; `nil` where it does not.
  package static func withoutUserinfo(_ text: String) -> String? {
    // Of a hundred thousand entries hardly one has any.
    guard text.utf8.contains(UInt8(ascii: "@")) else { return nil }
    let scheme = text.firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") else { return nil }
    let host = authority[authority.index(after: at)...]
    // `app:1@sha256:…` is an image of Docker Hub, pinned.
    guard !host.contains(":") || authority.count < rest.count else { return nil }
    return "\(scheme)***@\(rest[authority.index(after: at)...])"
  }

  /// Why a text is no reference that is one by the grammar: `sha256:` and hex digits, as `docker inspect` prints an
  /// image ID and `docker ps` its beginning, is the tag of an image `sha256` there.
  static func imageID(_ text: String) -> String? {
    guard let first = text.utf8.first, first | 0x20 == UInt8(ascii: "s") else { return nil }
    guard ["sha256", "sha384", "sha512"].contains(text.prefix { $0 != ":" }.lowercased()) else { return nil }
    let digits = text.dropFirst("sha256:".count)
    guard (7...128).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    return "it is an image ID or a digest, not a name, and nothing about it can change; name a repository and a tag"
  }

  /// What to do about a text that does not fit the grammar, where that can be guessed.
  static func advice(_ text: String) -> String? {
    if text.contains("://") { return "leave out \(text.prefix { $0 != ":" }.description.safe(limit: 20))://" }
    if text.hasPrefix("hub.docker.com/") { return "that is a web page; write the image as docker pull takes it" }
    if text.contains(where: \.isWhitespace) { return "remove the white space" }
    if text.contains("*") { return "there are no patterns; name each tag" }
    return nil
  }
}
