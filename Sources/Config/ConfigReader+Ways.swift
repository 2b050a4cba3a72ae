import Addresses
import ImageModel
import StrictJSON

/// The ways out: what is asked in a registry's place, and the proxy in between.
extension ConfigReader {
  private static let proxySchemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
  private static let pathBytes = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@%/".utf8)

  /// `https://host[:port][/prefix]`, without a slash at its end.
  mutating func endpoint(_ registry: Section, scheme: RegistrySettings.Scheme?) -> String? {
    guard let text = string(registry, "endpoint") else { return nil }
    let offset = registry.offset("endpoint")
    guard let url = url(text, at: offset, "endpoint", example: "https://mirror.example", schemes: ["https", "http"])
    else {
      return nil
    }
    tellIfForbidden(url.place, at: offset, "endpoint")
    var path = url.path
    while path.last == "/" { path.removeLast() }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard path.utf8.allSatisfy(Self.pathBytes.contains), !parts.contains("."), !parts.contains(".."),
      !parts.contains("")
    else {
      error(
        at: offset, "\"endpoint\": \(quoted(text)) is no URL that can be asked for an image",
        hint: "write scheme, host and perhaps a path, without query and fragment")
      return nil
    }
    if let scheme, scheme.rawValue != url.scheme {
      error(
        at: offset, "\"endpoint\" begins with \(url.scheme)://, and \"scheme\" is \(quoted(scheme.rawValue))",
        hint: "leave \"scheme\" out, or let both say the same")
    } else if url.scheme == "http", scheme == nil, HostKind(authority: url.place.canonical) != .loopback {
      error(
        at: offset, "\"endpoint\" is not encrypted",
        hint: "write https://, or set \"scheme\": \"http\" beside it if that is meant")
    }
    return "\(url.scheme)://\(url.place.canonical)\(path)"
  }

  mutating func proxy(_ root: Section) -> ProxyChoice? {
    guard let proxy = section(root, "proxy") else { return nil }
    guard proxy["url"] != nil else {
      error(at: proxy.value.offset, "\"proxy\" needs a \"url\"", hint: "write http://proxy.example:3128")
      return nil
    }
    let username = proxyUsername(proxy)
    let passwordFile = file(proxy, "password_file") { _ in .proxyPassword }
    let exceptions = self.exceptions(proxy)
    guard let text = string(proxy, "url") else { return nil }
    let offset = proxy.offset("url")
    guard
      let url = url(text, at: offset, "url", example: "http://proxy.example:3128", schemes: Self.proxySchemes)
    else { return nil }
    tellIfForbidden(url.place, at: offset, "url")
    guard url.place.port != nil, ["", "/"].contains(url.path) else {
      error(
        at: offset, "\"url\": \(quoted(text)) is not scheme, host and port alone",
        hint: "write http://proxy.example:3128")
      return nil
    }
    return ProxyChoice(
      url: "\(url.scheme)://\(url.place.canonical)", username: username, passwordFile: passwordFile,
      exceptions: exceptions)
  }

  /// A colon would end it early. Source: RFC 7617 section 2; libcurl takes the name apart from the password.
  private mutating func proxyUsername(_ proxy: Section) -> String? {
    guard let name = string(proxy, "username") else { return nil }
    guard !name.contains(":"), !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      error(at: proxy.offset("username"), "\"username\" must not hold a colon or a control character")
      return nil
    }
    return name
  }

  private mutating func exceptions(_ proxy: Section) -> [String] {
    let texts = strings(proxy, "no_proxy") ?? []
    for (text, offset) in texts {
      if text == "*", texts.count == 1 { continue }
      let name = text.hasPrefix(".") ? String(text.dropFirst()) : text
      guard AddressBlock(parsing: text) == nil, (try? HostPort(name))?.port != nil || (try? HostPort(name)) == nil
      else {
        continue
      }
      error(
        at: offset, "\(quoted(text)) in \"no_proxy\" is no host, domain or address block",
        hint: "write registry.example, .example or 10.0.0.0/8; [\"*\"] alone is every host")
    }
    return texts.map(\.text)
  }

  /// The parts of a URL without user name, password, query and fragment. What could be a password is not repeated.
  ///
  /// - Parameter advice: where those belong.
  mutating func url(
    _ text: String, at offset: Int, _ key: String, example: String, schemes: [String],
    advice: String = "write them as \"username\" and \"password_file\" beside it"
  ) -> (scheme: String, place: HostPort, path: String)? {
    let separator = text.firstRange(of: "://")
    let scheme = separator.map { text[..<$0.lowerBound].lowercased() } ?? ""
    let rest = text[(separator?.upperBound ?? text.startIndex)...]
    let authority = rest.prefix { !"/?#\\".contains($0) }
    let place = try? HostPort(String(authority))
    // A password may hold a slash, though it must not.
    if authority.contains("@") || place == nil && rest.contains("@") {
      source.mask(stringAt: offset)
      error(
        at: offset, "\(quoted(key)) must not hold a user name or password",
        hint: advice)
      return nil
    }
    guard schemes.contains(scheme) else {
      error(
        at: offset, "\(quoted(key)): \(quoted(text)) does not begin with \(schemes[0])://", hint: "write \(example)")
      return nil
    }
    guard let place else {
      error(at: offset, "\(quoted(key)): \(quoted(text)) has no valid host", hint: "write \(example)")
      return nil
    }
    if let address = IPAddress(disguised: place.host) {
      error(
        at: offset,
        "\(quoted(key)): \(quoted(place.host)) is a number that some programs take for the address \(address)",
        hint: "write \(address) if that is meant")
      return nil
    }
    return (scheme, place, String(rest[authority.endIndex...]))
  }

  private mutating func tellIfForbidden(_ place: HostPort, at offset: Int, _ key: String) {
    guard HostKind(authority: place.canonical) == .linkLocalOrMetadata else { return }
    fault(
      at: offset, "nothing is ever sent to this \(quoted(key)): it is a link-local or metadata address",
      hint: "no setting allows requests to these")
  }
}
