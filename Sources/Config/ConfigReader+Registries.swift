import Addresses
import ImageModel
import StrictJSON

extension ConfigReader {
  mutating func registries(_ root: Section) -> [String: RegistrySettings] {
    guard let value = root["registries"] else { return [:] }
    guard let members = value.object else {
      wrongType(value, "\"registries\"", "an object")
      return [:]
    }
    var registries: [String: RegistrySettings] = [:]
    var offsets: [String: Int] = [:]
    for member in named(members) {
      let domain = registryDomain(member)
      let settings = registry(member, domain ?? member.key)
      guard let domain else { continue }
      if let first = offsets[domain] {
        error(
          at: member.keyRange.lowerBound,
          "\(quoted(member.key)) is the registry \(domain), which has settings already, at \(source.place(at: first))",
          hint: "put all settings of a registry under one name")
      }
      offsets[domain] = member.keyRange.lowerBound
      registries[domain] = settings
    }
    return registries
  }

  private mutating func registryDomain(_ member: JSONMember) -> String? {
    let offset = member.keyRange.lowerBound
    if member.key.contains("/") {
      let host = member.key.split(separator: "/").first { !$0.hasSuffix(":") }.map(String.init) ?? ""
      let hint = "write only the host" + (host.isEmpty ? "" : ": \(quoted(host))")
      error(at: offset, "\(quoted(member.key)) is not a registry host", hint: hint)
      return nil
    }
    let domain = WatchedDomain(member.key)
    if let mistake = domain.mistake {
      error(at: offset, mistake.message, hint: mistake.hint)
      return nil
    }
    if domain.canonical != member.key {
      warning(at: offset, "\(quoted(member.key)) is taken as \(quoted(domain.canonical))", hint: "write it like that")
    }
    return domain.canonical
  }

  /// Settings of a host that is asked for nothing are likely meant for another one.
  mutating func warnOfUnused(_ root: Section, _ config: inout WatchConfig) {
    guard !config.registries.isEmpty, let members = root["registries"]?.object else { return }
    let used = Set(config.watch.lazy.map(\.tag.domain) + config.repositories.map(\.repository.domain))
    config.unusedRegistries = Set(config.registries.keys).subtracting(used)
    // Beyond some hundred a near one says nothing.
    let hosts = used.sorted().prefix(500).map(\.self)
    for member in members {
      let domain = WatchedDomain(member.key).canonical
      guard config.unusedRegistries.contains(domain) else { continue }
      warning(
        at: member.keyRange.lowerBound, "nothing is watched at \(quoted(domain))",
        hint: Self.advice(domain, hosts))
    }
  }

  /// Which host was probably meant: one that differs in its port alone, or by a slip.
  private static func advice(_ domain: String, _ hosts: [String]) -> String? {
    let host = (try? HostPort(domain))?.host
    let near = hosts.first { (try? HostPort($0))?.host == host } ?? nearest(to: domain, among: hosts)
    if let near { return "did you mean \(quoted(near))?" }
    let few = hosts.prefix(5).joined(separator: ", ")
    return hosts.isEmpty ? nil : "watched is something at \(few)\(hosts.count > 5 ? " and others" : "")"
  }

  private mutating func registry(_ member: JSONMember, _ domain: String) -> RegistrySettings {
    var settings = RegistrySettings()
    let owner = { OutsideSetting.registry(domain, key: $0) }
    guard let registry = section(member.value, quoted(member.key), ConfigKeys.registry) else {
      return settings
    }
    settings.scheme = choice(registry, "scheme")
    settings.endpoint = endpoint(registry, scheme: settings.scheme)
    readCredentials(registry, &settings, owner)
    readCertificates(registry, &settings, owner)
    settings.insecureSkipVerify = boolean(registry, "insecure_skip_verify") ?? false
    if settings.insecureSkipVerify {
      warning(
        at: registry.keyOffset("insecure_skip_verify"),
        "whoever answers is taken for \(quoted(settings.endpoint ?? domain)), whatever certificate it shows",
        hint: "set \"ca_file\" to the certificate of its authority instead")
    }
    settings.requestsPerSecond = rate(registry)
    settings.pullReserve = integer(registry, "pull_reserve")
    settings.maxConcurrency = integer(registry, "max_concurrency")
    settings.trustedRealms = realms(registry)
    settings.allowPlainCredentials = boolean(registry, "allow_plain_credentials") ?? false
    warnOfPlainCredentials(registry, settings, domain)
    return settings
  }

  /// Source: docs/decisions/0005-where-credentials-may-go.md.
  private mutating func warnOfPlainCredentials(_ registry: Section, _ settings: RegistrySettings, _ domain: String) {
    let way = registry.keys.exclusive.joined().first { registry[$0] != nil }
    guard let way, settings.scheme == .http, !settings.allowPlainCredentials,
      HostKind(authority: settings.asked(of: domain)) != .loopback
    else { return }
    warning(
      at: registry.keyOffset(way), "the credentials of \(quoted(domain)) are not sent over plain HTTP",
      hint: "use https, or set \"allow_plain_credentials\": true")
  }

  private mutating func readCredentials(
    _ registry: Section, _ settings: inout RegistrySettings, _ owner: (String) -> OutsideSetting
  ) {
    settings.username = username(registry)
    settings.passwordFile = file(registry, "password_file", of: owner)
    settings.tokenFile = file(registry, "token_file", of: owner)
    settings.credentialHelper = credentialHelper(registry, owner)
    let ways = registry.keys.exclusive.joined().filter { registry[$0] != nil }
    if ways.count > 1 {
      error(
        at: registry.keyOffset(ways[1]), "\(quoted(ways[0])) and \(quoted(ways[1])) exclude each other",
        hint: "one way to sign in per registry")
    }
  }

  private mutating func readCertificates(
    _ registry: Section, _ settings: inout RegistrySettings, _ owner: (String) -> OutsideSetting
  ) {
    settings.caFile = file(registry, "ca_file", of: owner)
    settings.clientCertFile = file(registry, "client_cert_file", of: owner)
    settings.clientKeyFile = file(registry, "client_key_file", of: owner)
  }

  /// Basic authorisation ends the name at its first colon. Source: RFC 7617 section 2.
  private mutating func username(_ registry: Section) -> String? {
    guard let name = string(registry, "username") else { return nil }
    guard !name.contains(":"), !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      error(at: registry.offset("username"), "\"username\" must not hold a colon or a control character")
      return nil
    }
    return name
  }

  private mutating func credentialHelper(
    _ registry: Section, _ owner: (String) -> OutsideSetting
  ) -> String? {
    guard let name = string(registry, "credential_helper") else { return nil }
    let advice = HelperName.advice(name)
    guard HelperName.isValid(name), advice == nil else {
      error(
        at: registry.offset("credential_helper"), "\(quoted(name)) is not a credential helper",
        hint: advice ?? "it is what follows docker-credential- in the program's name")
      return nil
    }
    note(owner("credential_helper"), "credential_helper", at: registry.offset("credential_helper"))
    return name
  }

  private mutating func rate(_ registry: Section) -> Double? {
    guard let value = registry["requests_per_second"] else { return nil }
    guard case .number(let number) = value.kind else {
      wrongType(value, "\"requests_per_second\"", "a number")
      return nil
    }
    let range = registry.keys["requests_per_second"].range
    guard number.double > Double(range.lowerBound), number.double <= Double(range.upperBound) else {
      error(
        at: value.offset, "\"requests_per_second\": \(number.text.safe(limit: 40)) is out of range",
        hint: "more than \(range.lowerBound), at most \(range.upperBound)")
      return nil
    }
    return number.double
  }

  private mutating func realms(_ registry: Section) -> [String] {
    (strings(registry, "trusted_realms") ?? []).compactMap { text, offset in
      let place = try? HostPort(text)
      if place == nil {
        error(
          at: offset, "\(quoted(text)) in \"trusted_realms\" is not a host",
          hint: "write host or host:port, without scheme, path or *")
      }
      return place?.canonical
    }
  }
}
