import Addresses

/// What can be said about a webhook's URL without asking anybody.
enum WebhookURL {
  enum Verdict: Hashable {
    /// `isPlain`: over HTTP without TLS.
    case valid(isPlain: Bool)
    case scheme, userinfo, host, fragment, characters
  }

  /// What its host is; `nil` where it has none.
  static func kind(_ text: String) -> HostKind? {
    guard case .valid = check(text), let separator = text.firstRange(of: "://") else { return nil }
    return HostKind(authority: String(text[separator.upperBound...].prefix { $0 != "/" && $0 != "?" }))
  }

  /// Where a `{{` stands that is not `{{id}}`, in bytes: nothing else is put into a URL.
  static func unknownPlace(_ text: String) -> Int? {
    text.ranges(of: "{{").map(\.lowerBound).first { !text[$0...].hasPrefix("{{id}}") }
      .map { text.utf8.distance(from: text.startIndex, to: $0) }
  }

  static func check(_ text: String) -> Verdict {
    guard let separator = text.firstRange(of: "://") else { return .scheme }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else { return .scheme }
    let rest = text[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
    if authority.contains("@") { return .userinfo }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) else { return .characters }
    guard (try? HostPort(String(authority))) != nil else { return .host }
    return rest.contains("#") ? .fragment : .valid(isPlain: scheme == "http")
  }
}
