import Addresses

/// What can be said about the URL of a mail server without asking anybody.
enum MailServer {
  enum Verdict: Hashable {
    /// `isPlain`: it begins without TLS.
    case valid(HostKind, isPlain: Bool)
    case scheme, userinfo, host
  }

  static func check(_ text: String) -> Verdict {
    guard let separator = text.firstRange(of: "://") else { return .scheme }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "smtp" || scheme == "smtps" else { return .scheme }
    let rest = text[separator.upperBound...]
    let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
    if authority.contains("@") { return .userinfo }
    // There is no path to anything of a mail server.
    guard (try? HostPort(String(authority))) != nil else { return .host }
    return .valid(HostKind(authority: String(authority)), isPlain: scheme == "smtp")
  }
}

/// An address of a mailbox, of ASCII alone: `ops@example.org`. Source: RFC 5321, section 4.1.2, Dot-string.
enum MailAddress {
  static func isValid(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count),
      !parts[1].hasPrefix("["), let host = try? HostPort(String(parts[1])), host.port == nil
    else { return false }
    return parts[0].split(separator: ".", omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isAtomText) }
  }

  /// RFC 5322, section 3.2.3.
  private static func isAtomText(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }
}
