package import Config
import Delivery
package import ImageModel
import Messages
import Polling
import Registry

/// A configuration with all that it does not say, and where each value comes from. Secrets are not in it.
/// Source: docs/reference.md, config show.
package struct EffectiveConfig {
  package typealias Step = ConfigPlaces.Step

  package struct Setting: Hashable, Sendable {
    package let steps: [Step]
    package let value: JSONOutput
    /// `config.json:12:5`, `default`, or what else has a say.
    package let origin: String
  }

  /// Each value by itself; those of an object follow each other.
  package private(set) var settings: [Setting] = []
  private var places: ConfigPlaces
  private let directory: String

  /// - Parameters:
  ///   - bytes: that `config` was read from.
  ///   - database: its path, and what says so where that is not the configuration.
  ///   - directory: where relative paths start.
  package init(
    _ config: WatchConfig, _ bytes: [UInt8], database: (path: String, origin: String?), in directory: String
  ) {
    self.directory = directory
    places = ConfigPlaces(bytes, path: config.path)
    add([.key("database")], .string(absolute(database.path)), origin: database.origin)
    let defaults = config.defaults
    addWatched(
      [.key("defaults")], defaults.intervalSeconds, defaults.selection, defaults.platformMatch, defaults.sinks)
    add([.key("defaults"), .key("unreachable_after")], .string(ConfigDuration.text(defaults.unreachableAfterSeconds)))
    addWatchlist(config)
    switch config.logins {
    case .found: break
    case .none: add([.key("docker_config_file")], false)
    case .file(let file): add([.key("docker_config_file")], json(file))
    }
    addRegistries(config)
    addSinks(config.sinks)
    if let proxy = config.proxy { add(proxy) }
    if let listen = config.httpListen { addHTTP(listen, config) }
    add([.key("log"), .key("level")], .string(config.log.level.rawValue))
    add([.key("log"), .key("format")], .string(config.log.format.rawValue))
    add([.key("retention"), .key("history")], Self.period(config.retention.historySeconds))
    add([.key("retention"), .key("deliveries")], Self.period(config.retention.deliveriesSeconds))
  }

  /// The same file, wherever the configuration that is printed is put.
  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }

  private func json(_ file: SecretFile) -> JSONOutput {
    switch file {
    case .path(let path): .string(absolute(path))
    case .credential(let id): .members(["credential": .string(id)])
    }
  }

  /// - Parameters:
  ///   - others: where it is set, if not there.
  ///   - origin: what has a say before the configuration.
  private mutating func add(_ steps: [Step], _ value: JSONOutput, or others: [Step]? = nil, origin: String? = nil) {
    let place = origin ?? places.place(of: steps) ?? others.flatMap { places.place(of: $0) } ?? "default"
    settings.append(Setting(steps: steps, value: value, origin: place))
  }

  private mutating func addWatched(
    _ base: [Step], _ interval: Int, _ selection: PlatformSelection, _ match: WatchDefaults.PlatformMatch,
    _ sinks: [String]
  ) {
    let platforms = selection == .all ? ["*"] : selection.named.map(\.description)
    for (key, value) in [
      ("interval", JSONOutput.string(ConfigDuration.text(interval))), ("platforms", .strings(platforms)),
      ("platform_match", .string(match.rawValue)), ("sinks", .strings(sinks)),
    ] { add(base + [.key(key)], value, or: [.key("defaults"), .key(key)]) }
  }

  private mutating func addWatchlist(_ config: WatchConfig) {
    var (tags, repositories) = (config.watch[...], config.repositories[...])
    let areRepositories = places.areRepositories
    if areRepositories.isEmpty { add([.key("watch")], .array([])) }
    for (index, isRepository) in areRepositories.enumerated() {
      let base: [Step] = [.key("watch"), .element(index)]
      if isRepository, let entry = repositories.popFirst() {
        add(base + [.key("repository")], .text(entry.repository))
        addWatched(base, entry.intervalSeconds, entry.selection, match(entry.selection, config), entry.sinks)
        for (key, patterns) in [("include_tags", entry.tags.include), ("exclude_tags", entry.tags.exclude)] {
          add(base + [.key(key)], .strings(patterns.map(\.text)))
        }
        add(base + [.key("max_tags")], .number(entry.tags.maxTags))
        addLabels(base, entry.labels)
      } else if let entry = tags.popFirst() {
        let image = entry.pinned.map { "\(entry.tag)@\($0)" } ?? "\(entry.tag)"
        // An entry that is a tag alone is all of what is written.
        add(base + [.key("image")], .string(image), or: base)
        addWatched(base, entry.intervalSeconds, entry.selection, match(entry.selection, config), entry.sinks)
        addLabels(base, entry.labels)
      }
    }
  }

  /// Of every platform it makes no difference.
  private func match(_ selection: PlatformSelection, _ config: WatchConfig) -> WatchDefaults.PlatformMatch {
    if selection == .all { return config.defaults.platformMatch }
    return selection.takesStandIns ? .compatible : .strict
  }

  private mutating func addLabels(_ base: [Step], _ labels: [String: String]) {
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      add(base + [.key("labels"), .key(key)], .string(value))
    }
  }

  private mutating func addRegistries(_ config: WatchConfig) {
    let domains = config.watch.map(\.tag.domain) + config.repositories.map(\.repository.domain)
    let map = RegistryAccessMap(settings: config.registries, environment: [:])
    for domain in Set(domains + config.registries.keys).sorted() {
      let settings = config.registries[domain] ?? RegistrySettings()
      let access = map.access(domain)
      let limits = RegistryAccessMap.limits(of: domain, settings)
      let values: KeyValuePairs<String, JSONOutput?> = [
        "scheme": .string(access.usesPlainHTTP ? "http" : "https"),
        "endpoint": settings.endpoint.map { .string($0) }, "username": settings.username.map { .string($0) },
        "password_file": settings.passwordFile.map(json), "token_file": settings.tokenFile.map(json),
        "credential_helper": settings.credentialHelper.map { .string($0) }, "ca_file": settings.caFile.map(json),
        "client_cert_file": settings.clientCertFile.map(json), "client_key_file": settings.clientKeyFile.map(json),
        "insecure_skip_verify": .bool(settings.insecureSkipVerify),
        // Without a limit there is nothing to say.
        "requests_per_second": limits.requestsPerSecond.map { .rate($0) },
        "pull_reserve": .number(access.pullReserve), "max_concurrency": .number(limits.concurrency),
        "trusted_realms": .strings(settings.trustedRealms),
        "allow_plain_credentials": .bool(settings.allowPlainCredentials),
      ]
      addAll([.key("registries"), .key(domain)], values)
    }
  }

  private mutating func addAll(_ base: [Step], _ values: KeyValuePairs<String, JSONOutput?>) {
    for (key, value) in values { if let value { add(base + [.key(key)], value) } }
  }

  private mutating func addSinks(_ sinks: [SinkSettings]) {
    for sink in sinks {
      let base: [Step] = [.key("sinks"), .key(sink.name)]
      let events = sink.events?.patterns ?? EventType.allCases.filter(\.isOnByDefault).map(\.rawValue)
      switch sink.kind {
      case .stdout: add(base + [.key("type")], "stdout")
      case .file(let path): addAll(base, ["type": "file", "path": .string(path)])
      case .webhook(let settings): add(settings, base)
      case .email(let settings): add(settings, base)
      }
      addAll(base, ["events": .strings(events), "group": sink.groupSeconds.map { .string(ConfigDuration.text($0)) }])
    }
  }

  private mutating func add(_ settings: WebhookSettings, _ base: [Step]) {
    let schedule = settings.retryScheduleSeconds ?? RetrySchedule.standard.seconds
    addAll(
      base,
      [
        "type": "webhook", "url": settings.url.map { .string(Self.withoutSecret($0)) },
        "url_file": settings.urlFile.map(json),
      ])
    switch settings.content {
    case .document: addAll(base, ["format": "event", "method": .string(settings.method.rawValue)])
    case .body(let template): addAll(base, ["body": template.json, "method": .string(settings.method.rawValue)])
    case .format(let format, let parameters):
      add(base + [.key("format")], .string(format.name))
      for parameter in format.parameters {
        guard let value = parameters[parameter.name] ?? parameter.usually else { continue }
        add(base + [.key("parameters"), .key(parameter.name)], .string(value))
      }
    }
    addAll(
      base,
      [
        "token_file": settings.tokenFile.map(json), "secret_file": settings.secretFile.map(json),
        "secret_previous_file": settings.secretPreviousFile.map(json), "ca_file": settings.caFile.map(json),
        "client_cert_file": settings.clientCertFile.map(json), "client_key_file": settings.clientKeyFile.map(json),
      ])
    for name in settings.headers.keys.sorted() {
      add(base + [.key("headers"), .key(name)], .string(ConfigPlaces.masked))
    }
    for (name, file) in settings.headerFiles.sorted(by: { $0.key < $1.key }) {
      add(base + [.key("header_files"), .key(name)], json(file))
    }
    addAll(
      base,
      [
        "content_type": settings.contentType.map { .string($0) } ?? settings.content.usualType.map { .string($0) },
        "timeout": .string(ConfigDuration.text(settings.timeoutSeconds)), "allow_http": .bool(settings.allowHTTP),
        "network": .string(settings.network.rawValue), "max_in_flight": .number(settings.maxInFlight),
        "retry_schedule": .strings(schedule.map(ConfigDuration.text)),
      ])
  }

  private mutating func add(_ settings: EmailSettings, _ base: [Step]) {
    let schedule = settings.retryScheduleSeconds ?? RetrySchedule.standard.seconds
    addAll(
      base,
      [
        "type": "email", "server": .string(settings.server), "from": .string(settings.from),
        "to": .strings(settings.to), "subject": .string(settings.subject?.written ?? "{{summary}}"),
        "username": settings.username.map { .string($0) }, "password_file": settings.passwordFile.map(json),
        "ca_file": settings.caFile.map(json), "timeout": .string(ConfigDuration.text(settings.timeoutSeconds)),
        "allow_http": .bool(settings.allowHTTP), "retry_schedule": .strings(schedule.map(ConfigDuration.text)),
      ])
  }

  private mutating func add(_ proxy: ProxyChoice) {
    addAll(
      [.key("proxy")],
      [
        "url": .string(proxy.url), "username": proxy.username.map { .string($0) },
        "password_file": proxy.passwordFile.map(json), "no_proxy": .strings(proxy.exceptions),
      ])
  }

  /// Of many services the address is the secret: what follows the host is left out.
  private static func withoutSecret(_ url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return ConfigPlaces.masked }
    let host = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    let rest = url[host.endIndex...]
    return String(url[..<host.endIndex]) + (rest.isEmpty || rest == "/" ? rest : "/\(ConfigPlaces.masked)")
  }

  private mutating func addHTTP(_ listen: String, _ config: WatchConfig) {
    let pages = config.pages
    addAll(
      [.key("http")],
      [
        "listen": .string(listen), "pages": .bool(pages.areServed), "password_file": pages.passwordFile.map(json),
        "public_url": pages.publicURL.map { .string($0) }, "hosts": .strings(pages.hosts),
      ])
    if let file = config.hintSecret { add([.key("http"), .key("hints"), .key("secret_file")], json(file)) }
  }

  private static func period(_ seconds: Int?) -> JSONOutput {
    .string(seconds.map(ConfigDuration.text) ?? "forever")
  }
}

extension EffectiveConfig {
  /// As a configuration.
  package var document: JSONOutput { Self.document(settings[...], depth: 0) }

  private static func document(_ settings: ArraySlice<Setting>, depth: Int) -> JSONOutput {
    if let only = settings.first, settings.count == 1, only.steps.count == depth { return only.value }
    var (members, elements): ([JSONOutput.Member], [JSONOutput]) = ([], [])
    var rest = settings
    while let step = rest.first?.steps[depth] {
      let part = rest.prefix { $0.steps[depth] == step }
      rest = rest[part.endIndex...]
      let value = document(part, depth: depth + 1)
      switch step {
      case .key(let key): members.append(JSONOutput.Member(key, value))
      case .element: elements.append(value)
      }
    }
    return elements.isEmpty ? .object(members) : .array(elements)
  }
}

extension JSONOutput {
  fileprivate static func strings(_ values: [String]) -> JSONOutput { .array(values.map { .string($0) }) }

  /// A whole number without its fraction.
  fileprivate static func rate(_ value: Double) -> JSONOutput {
    Int(exactly: value).map { .number($0) } ?? .raw(Array("\(value)".utf8))
  }
}
