import Addresses
import StrictJSON

/// What is served to others.
extension ConfigReader {
  mutating func http(_ root: Section, _ config: inout WatchConfig) {
    guard let http = section(root, "http") else { return }
    config.httpListen = listen(http)
    config.hintSecret = hintSecret(http)
    config.pages = pages(http)
    guard config.pages.areServed else { return }
    if let listen = config.httpListen, http["password_file"] == nil, HostKind(authority: listen) != .loopback {
      error(
        at: http.offset("listen"), "\"listen\": pages at \(listen) would be open to whoever reaches it",
        hint: "set \"password_file\" beside it, or \"pages\": false for metrics, health and hints alone")
    }
    warnOfProxies(http, config)
    guard let url = config.pages.publicURL else { return }
    for index in config.sinks.indices { config.sinks[index].lead(to: url) }
  }

  /// A proxy on this machine comes from loopback, as everybody does behind it.
  private mutating func warnOfProxies(_ http: Section, _ config: WatchConfig) {
    guard let listen = config.httpListen, http["password_file"] == nil, HostKind(authority: listen) == .loopback else {
      return
    }
    let names = [config.pages.publicHost].compactMap(\.self) + config.pages.hosts
    guard let name = names.first(where: { HostKind($0) != .loopback }) else { return }
    warning(
      at: http.keyOffset(name == config.pages.publicHost ? "public_url" : "hosts"),
      "whoever reaches pages as \(quoted(name)) sees them without a password",
      hint: "set \"password_file\" as well, unless the proxy in front asks for one")
  }

  private mutating func listen(_ http: Section) -> String? {
    guard let text = string(http, "listen") else { return nil }
    let place = try? HostPort(text)
    guard place?.port != nil else {
      let hint = "write address:port, 127.0.0.1:9470 or [::1]:9470; the port is 1 to 65535"
      error(at: http.offset("listen"), "\"listen\": \(quoted(text)) is not an address with a port", hint: hint)
      return nil
    }
    note(.listen, "listen", at: http.offset("listen"))
    return text
  }

  private mutating func hintSecret(_ http: Section) -> SecretFile? {
    guard let hints = section(http, "hints") else { return nil }
    guard hints["secret_file"] != nil else {
      error(at: hints.value.offset, "\"hints\" needs a \"secret_file\"", hint: "name a file with a long random word")
      return nil
    }
    return file(hints, "secret_file") { _ in .hintSecret }
  }

  private mutating func pages(_ http: Section) -> PageSettings {
    var pages = PageSettings()
    pages.areServed = boolean(http, "pages") ?? true
    pages.passwordFile = file(http, "password_file") { _ in .pagePassword }
    pages.publicURL = publicURL(http)
    pages.hosts = hosts(http)
    guard !pages.areServed else { return pages }
    for key in ["password_file", "public_url", "hosts"] where http[key] != nil {
      warning(
        at: http.keyOffset(key), "\(quoted(key)) means nothing where \"pages\" is false", hint: "leave one of them out")
    }
    return pages
  }

  private mutating func publicURL(_ http: Section) -> String? {
    guard let text = string(http, "public_url") else { return nil }
    let offset = http.offset("public_url")
    guard
      let url = url(
        text, at: offset, "public_url", example: "https://watcher.example", schemes: ["https", "http"],
        advice: "it stands in messages: people are asked for the password when they come")
    else { return nil }
    guard ["", "/"].contains(url.path) else {
      error(
        at: offset, "\"public_url\": \(quoted(text)) is not scheme and host alone",
        hint: "pages link to each other from the root of their host: write \(url.scheme)://\(url.place.canonical)")
      return nil
    }
    return "\(url.scheme)://\(url.place.canonical)"
  }

  /// Whatever the port: what is read here is read by the name alone.
  private mutating func hosts(_ http: Section) -> [String] {
    (strings(http, "hosts") ?? []).compactMap { text, offset in
      guard let place = try? HostPort(text), place.port == nil else {
        error(
          at: offset, "\(quoted(text)) in \"hosts\" is no host",
          hint: "write the name or address alone, without scheme, port, path or *")
        return nil
      }
      return place.canonical
    }
  }
}

extension SinkSettings {
  /// Has its messages lead to pages.
  fileprivate mutating func lead(to url: String) {
    switch kind {
    case .stdout, .file: break
    case .webhook(var settings):
      settings.publicURL = url
      kind = .webhook(settings)
    case .email(var settings):
      settings.publicURL = url
      kind = .email(settings)
    }
  }
}
