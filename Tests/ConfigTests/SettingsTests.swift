import ImageModel
import Testing

@testable import Config

/// What good configurations mean.
@Suite struct SettingsTests {
  private let both = PlatformSelection.only([
    Platform(os: "linux", architecture: "amd64"), Platform(os: "linux", architecture: "arm64"),
  ])

  @Test func theDocumentOfTheContract() throws {
    let config = try Fixtures.config("contract")
    #expect(config.database == "/var/lib/watcher/watcher.db")
    #expect(
      config.watch.map(\.tag.description) == ["docker.io/library/amazonlinux:latest", "ghcr.io/example/app:stable"])
    let (plain, full) = (config.watch[0], config.watch[1])
    #expect(plain.intervalSeconds == 900 && plain.selection == both && plain.sinks == ["journal"])
    #expect(plain.unreachableAfterSeconds == 3_600 && plain.labels.isEmpty && plain.pinned == nil && plain.line == 10)
    #expect(full.intervalSeconds == 300 && full.selection == .all && full.sinks == ["journal", "ops"])
    #expect(full.labels == ["team": "web"] && full.line == 11)
    let repository = try #require(config.repositories.first)
    #expect(repository.repository == RepositoryReference(domain: "registry.example.com", path: "base/python"))
    #expect(repository.tags.include.map(\.text) == ["^3\\.\\d+$"] && repository.tags.exclude.map(\.text) == ["rc"])
    #expect(repository.tags.maxTags == 20 && repository.line == 13 && repository.intervalSeconds == 900)
    #expect(config.sinks.map(\.name) == ["journal", "audit", "ops"])
    #expect(config.sinks[1].kind == .file(path: "/var/log/watcher/events.jsonl"))
    let chosen = config.sinks.map(\.events)
    #expect(EventPatterns.select(.tagDeleted, by: chosen[2]) && !EventPatterns.select(.platformAdded, by: chosen[2]))
    #expect(EventPatterns.select(.tagFirstSeen, by: chosen[2]) && !EventPatterns.select(.tagFirstSeen, by: chosen[0]))
    #expect(config.registries["127.0.0.1:5000"]?.scheme == .http)
    #expect(config.registries["docker.io"]?.passwordFile == .path("/etc/watcher/hub.token"))
    #expect(config.registries["registry.example.com"]?.requestsPerSecond == 5)
    #expect(config.httpListen == "127.0.0.1:9470")
    #expect(config.log.level == .info && config.log.format == .logfmt)
    #expect(config.retention.historySeconds == nil && config.retention.deliveriesSeconds == 30 * 86_400)
    #expect(config.warnings.map(\.message) == ["nothing is watched at \"127.0.0.1:5000\""])
  }

  @Test func pagesForOthers() throws {
    let config = try Fixtures.config("http_pages")
    var pages = PageSettings()
    (pages.passwordFile, pages.publicURL) = (.credential("pages"), "https://watcher.example:8443")
    pages.hosts = ["nas.lan", "[2001:db8::7]", "192.0.2.1"]
    #expect(config.pages == pages && config.warnings.isEmpty)
    let links = config.sinks.map { sink -> String? in
      switch sink.kind {
      case .webhook(let settings): settings.publicURL
      case .email(let settings): settings.publicURL
      case .stdout, .file: nil
      }
    }
    #expect(links == [pages.publicURL, pages.publicURL, nil])
  }

  /// Everybody behind a proxy on this machine comes from loopback.
  @Test(arguments: [
    (#""public_url": "https://w.example""#, #"whoever reaches pages as "w.example" sees them without a password"#),
    (#""hosts": ["localhost", "nas.lan"]"#, #"whoever reaches pages as "nas.lan" sees them without a password"#),
    (#""public_url": "http://localhost:9470", "hosts": ["[::1]"]"#, nil),
    (#""hosts": ["nas.lan"], "password_file": "/p""#, nil),
  ])
  func openPagesBehindAProxyAreWarnedOf(settings: String, warning: String?) throws {
    let text = #"{"watch": ["a"], "http": {"listen": "127.0.0.1:9470", \#(settings)}}"#
    let config = try WatchConfig.parse(Array(text.utf8), path: "c")
    #expect(config.warnings.map(\.message) == [warning].compactMap(\.self))
  }

  /// Without pages there is nothing to lead to, and no password to ask for.
  @Test func withoutPagesTheirSettingsMeanNothing() throws {
    let text = #"""
      {"watch": ["a"], "http": {"listen": "0.0.0.0:9470", "pages": false, "public_url": "https://w.example", "hosts": []},
       "sinks": {"o": {"type": "webhook", "url": "https://h.example/"}}}
      """#
    let config = try WatchConfig.parse(Array(text.utf8), path: "c")
    #expect(config.sinks[0].kind == .webhook(WebhookSettings(url: "https://h.example/")))
    #expect(
      config.warnings.map(\.message) == [
        #""public_url" means nothing where "pages" is false"#, #""hosts" means nothing where "pages" is false"#,
      ])
  }

  @Test func nothingMeansDefaults() throws {
    for name in ["empty", "nothing_watched"] {
      let config = try Fixtures.config(name)
      #expect(config.database == nil && config.watch.isEmpty && config.registries.isEmpty && config.httpListen == nil)
      #expect(config.sinks == [SinkSettings(name: "stdout", kind: .stdout)])
      #expect(config.defaults == WatchDefaults(sinks: ["stdout"]))
      #expect(config.defaults.intervalSeconds == 900 && config.defaults.unreachableAfterSeconds == 3_600)
      #expect(config.retention.historySeconds == nil && config.retention.deliveriesSeconds == 2_592_000)
      #expect(config.warnings.first?.message == "no tags are watched")
    }
  }

  @Test func formsOfReferences() throws {
    let config = try Fixtures.config("forms")
    #expect(
      config.watch.map(\.tag.description) == [
        "docker.io/library/amazonlinux:latest", "localhost/app:latest", "localhost:5000/app:v1",
        "[::1]:5000/team/app:v1", "example.com/a/b__c--d.e:Tag_1.2-3", "docker.io/library/busybox:1",
      ])
    #expect(config.watch[5].pinned?.hex == Substring(String(repeating: "ab", count: 32)))
    #expect(config.warnings.isEmpty)
  }

  @Test func otherNamesOfARegistry() throws {
    let config = try Fixtures.config("aliases")
    #expect(
      config.watch.map(\.tag.description) == [
        "docker.io/library/amazonlinux:2", "docker.io/library/debian:latest", "docker.io/grafana/grafana:latest",
        "docker.io/library/alpine:3", "docker.io/library/busybox:latest", "ghcr.io/example/app:Stable",
        "docker.io/library/localhost:5000", "docker.io/library/example.com:latest", "docker.io/library/192.168.0.1:80",
      ])
    #expect(config.warnings.map(\.line) == [2, 2, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(config.warnings.allSatisfy { $0.severity == .warning })
    #expect(config.registries.keys.sorted() == ["docker.io", "registry.example.com:5000"])
    #expect(config.registries["docker.io"]?.maxConcurrency == 2)
  }

  /// What stands beside a mistake on the same line goes to the journal with it.
  @Test func secretsBesideAMistakeAreNotShown() throws {
    let text =
      #"{"sinks": {"s": {"type": "webhook", "url": "https://h.example/CANARY?t=CANARY", "#
      + #""headers": {"X-Key": "CANARY"}, "ca_file": "/none", "timeout": 5}}, "wacth": 1}"#
    let problems = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(Array(text.utf8), path: "c") }
    #expect(problems.count == 2 && !problems.rendered.contains("CANARY"), "\(problems.rendered)")
    let sound = text.replacing(#", "wacth": 1"#, with: "").replacing(#", "timeout": 5"#, with: "")
    let config = try WatchConfig.parse(Array(sound.utf8), path: "c")
    let problem = config.problem(.sink("s", key: "ca_file"), .error, "it is none")
    #expect(problem.column == 124, "\(problem.rendered)")
    #expect(problem.rendered.contains("***\", \"headers\"") && !problem.rendered.contains("CANARY"))
  }

  /// Settings of a host that is asked for nothing: a slip, most likely, and credentials that are not sent.
  @Test(
    arguments: [
      ("ghcr.oi", ["ghcr.io/a", "b"], #"did you mean "ghcr.io"?"#),
      ("127.0.0.1", ["127.0.0.1:5000/a", "b"], #"did you mean "127.0.0.1:5000"?"#),
      ("registry.example.com", ["ghcr.io/a", "b"], "watched is something at docker.io, ghcr.io"),
      ("ghcr.io", [], nil), ("ghcr.io", ["ghcr.io/a"], "used"), ("GHCR.io", ["ghcr.io/a"], "used"),
      ("ghcr.io", ["GHCR.io/a"], "used"), ("index.docker.io", ["a"], "used"), ("[::0:1]:1", ["[::1]:1/a"], "used"),
    ] as [(String, [String], String?)])
  func settingsOfAHostThatIsNotUsed(_ host: String, _ watched: [String], _ hint: String?) throws {
    let watch = watched.map { "\"\($0)\"" }.joined(separator: ", ")
    let text = "{\"watch\": [\(watch)],\n  \"registries\": {\"\(host)\": {}}}"
    let config = try WatchConfig.parse(Array(text.utf8), path: "c")
    let unused = config.warnings.filter { $0.message.hasPrefix("nothing is watched at") }
    guard hint != "used" else {
      #expect(unused.isEmpty)
      return
    }
    #expect(unused.map { [$0.line, $0.column] } == [[2, 18]] && unused.first?.hint == hint, "\(unused)")
  }

  @Test func registries() throws {
    let registries = try Fixtures.config("registries").registries
    #expect(registries["docker.io"]?.username == "someone")
    #expect(registries["docker.io"]?.passwordFile == .credential("hub.token"))
    #expect(registries["ghcr.io"]?.tokenFile == .path("/etc/watcher/ghcr.token"))
    #expect(registries["ghcr.io"]?.trustedRealms == ["auth.example.com", "10.0.0.7:8443"])
    let own = try #require(registries["registry.example.com:8443"])
    #expect(own.scheme == .https && own.caFile == .path("/etc/watcher/ca.pem"))
    #expect(own.clientCertFile == .path("/etc/watcher/client.pem"))
    #expect(own.clientKeyFile == .path("/etc/watcher/client.key"))
    #expect(own.insecureSkipVerify && own.requestsPerSecond == 0.5 && own.maxConcurrency == 256)
    #expect(!own.allowPlainCredentials && own.username == nil)
    #expect(registries["[::1]:5000"]?.allowPlainCredentials == true)
    #expect(registries["[::1]:5000"]?.requestsPerSecond == 100_000)
    #expect(registries["localhost"]?.credentialHelper == "pass-store_1.0")
  }

  @Test func sinks() throws {
    let config = try Fixtures.config("sinks")
    #expect(config.watch.map(\.sinks) == [["out"], [], ["all", "audit"], ["out"]])
    #expect(config.watch.map(\.intervalSeconds) == [10, 10, 2_592_000, 3_600])
    #expect(config.watch[0].unreachableAfterSeconds == 2_592_000)
    let wanted = config.sinks.map { sink in EventType.allCases.filter { EventPatterns.select($0, by: sink.events) } }
    #expect(wanted[0] == EventType.allCases.filter(\.isOnByDefault))
    #expect(wanted[1] == EventType.allCases)
    #expect(wanted[2] == [.tagDeleted, .imageChanged, .imageRepacked])
    guard case .webhook(let hook) = config.sinks[3].kind else {
      Issue.record("no webhook")
      return
    }
    #expect(hook.url == "http://127.0.0.1:8080/x?y=z" && hook.allowHTTP && hook.network == .public)
    #expect(hook.secretFile == .path("/s") && hook.secretPreviousFile == .credential("old"))
    #expect(hook.headers == ["X-Team": "web"] && hook.headerFiles == ["Authorization": .path("/etc/watcher/auth")])
    #expect(hook.timeoutSeconds == 5 && hook.maxInFlight == 1 && hook.retryScheduleSeconds == [0, 60, 86_400])
    #expect(config.sinks[3].groupSeconds == 3_600)
  }

  @Test func platforms() throws {
    let config = try Fixtures.config("platforms")
    let linuxARM = Platform(os: "linux", architecture: "arm64")
    let windows = Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348")
    #expect(config.watch[0].selection == .only([windows, Platform(os: "linux", architecture: "arm", variant: "v7")]))
    #expect(config.watch[1].selection == .all)
    #expect(config.watch[3].selection == .only([linuxARM, Platform(os: "linux", architecture: "amd64")]))
    #expect(config.warnings.map(\.line) == [2, 6, 6])
    #expect(config.log == LogSettings(level: .debug, format: .json))
    #expect(config.retention.deliveriesSeconds == nil)
  }

  /// What the service would refuse each message for is told before.
  @Test(
    arguments: [
      ("telegram", "chat_id", "nice chat", false), ("telegram", "chat_id", "@news", true),
      ("telegram", "chat_id", "-1001234567890", true), ("matrix", "room_id", "#alias:example.org", false),
      ("matrix", "room_id", "!r:example.org", true), ("github", "repository", "https://github.com/a/b", false),
      ("github", "repository", "my-org/my.app", true), ("ntfy", "topic", "a/b c", false),
      ("ntfy", "topic", "my-images_1", true),
    ])
  func parametersHaveTheirShape(format: String, name: String, value: String, isRight: Bool) throws {
    let token = format == "ntfy" ? "" : #""token_file": "/t", "#
    let text = #"""
      {"watch": ["a:1"], "sinks": {"s": {"type": "webhook", "format": "\#(format)", "url": "https://s.example", \#(token)
      "parameters": {"\#(name)": "\#(value)"}}}}
      """#
    if isRight {
      #expect(try WatchConfig.parse(Array(text.utf8), path: "c").warnings.isEmpty)
    } else {
      let problems = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(Array(text.utf8), path: "c") }
      #expect(problems.count == 1 && problems.rendered.contains("the parameter \"\(name)\" cannot be"))
    }
  }

  /// A job reads single facts, which a group of several events does not have.
  @Test func groupsOfJobsAreWarnedOf() throws {
    let text = #"""
      {"watch": ["a:1"], "sinks": {
      "ci": {"type": "webhook", "format": "jenkins", "url": "https://ci.example/generic-webhook-trigger/invoke", "token_file": "t", "group": "1m"},
      "chat": {"type": "webhook", "format": "slack", "url": "https://hooks.example/x", "group": "1m"}}}
      """#
    let config = try WatchConfig.parse(Array(text.utf8), path: "/c/c")
    #expect(config.warnings.map(\.line) == [2])
    #expect(config.warnings.first?.message.hasPrefix("a job that is started for several events") == true)
  }

  /// What `config show` prints is taken for a configuration, with what it has masked.
  @Test func masksAreWarnedOf() throws {
    let text = #"""
      {"watch": ["a:1"], "sinks": {
      "slack": {"type": "webhook", "url": "https://hooks.example/***"},
      "other": {"type": "webhook", "url": "https://hooks.example/a***b",
      "headers": {"X-A": "***", "X-B": "* * *"}}}}
      """#
    let config = try WatchConfig.parse(Array(text.utf8), path: "c")
    #expect(config.warnings.map { "\($0.line):\($0.column)" } == ["2:37", "4:20"])
    #expect(config.warnings.allSatisfy { $0.message.hasPrefix("*** is what 'config show' prints") })
  }

  /// JSON has no comments; an editor's schema and a remark stand in their place, and change nothing.
  @Test func remarksAreIgnored() throws {
    func text(_ remark: String, _ first: String = "") -> String {
      """
      {\(first)\(remark) "database": "/w.db", "defaults": {\(remark) "interval": "1h"},
      "watch": ["a.example/b:1", {\(remark) "image": "a.example/b:2", "labels": {"//": "is data"}}],
      "registries": {\(remark) "a.example": {\(remark) "password_file": {\(remark) "credential": "p"}, "username": "u"}},
      "sinks": {\(remark) "h": {\(remark) "type": "webhook", "url": "https://r.example/", "headers": {"x-a": "//"}}},
      "http": {\(remark) "listen": "127.0.0.1:1"}, "log": {\(remark) "level": "debug"}, "retention": {\(remark) "deliveries": "1d"}}
      """
    }
    let (plain, full) = (text(""), text(#""//": "why it is so","#, #""$schema": "./watcher.schema.json","#))
    let (before, after) = try (
      WatchConfig.parse(Array(plain.utf8), path: "c"), WatchConfig.parse(Array(full.utf8), path: "c")
    )
    #expect(after.watch.map(\.tag) == before.watch.map(\.tag) && after.watch[1].labels == ["//": "is data"])
    #expect(after.registries == before.registries && after.registries.keys.sorted() == ["a.example"])
    #expect(after.sinks == before.sinks && after.sinks.map(\.name) == ["h"])
    #expect(after.httpListen == before.httpListen && after.log == before.log && after.retention == before.retention)
    #expect(after.warnings.isEmpty)
    #expect(try DatabaseSetting(in: Array(full.utf8), path: "c").path == "/w.db")
  }

  /// Relative to the file that names them, wherever a command is started.
  @Test(arguments: [
    ("/etc/watcher/config.json", "/etc/watcher/"), ("/c.json", "/"), ("conf/../c.json", "conf/../"), ("./c.json", "./"),
    ("c.json", ""),
  ])
  func pathsAreRelativeToTheFile(path: String, folder: String) throws {
    let text = """
      { "database": "data/w.db",
        "registries": { "a.example": { "token_file": "token", "ca_file": "/ca.pem", "client_key_file": "../key",
          "client_cert_file": { "credential": "cert" } } },
        "sinks": { "w": { "type": "webhook", "url": "https://a.example", "secret_file": "s",
          "header_files": { "X-A": "h" } } } }
      """
    let config = try WatchConfig.parse(Array(text.utf8), path: path)
    #expect(config.database == folder + "data/w.db")
    let registry = try #require(config.registries["a.example"])
    #expect(registry.tokenFile == .path(folder + "token") && registry.clientKeyFile == .path(folder + "../key"))
    #expect(registry.caFile == .path("/ca.pem") && registry.clientCertFile == .credential("cert"))
    guard case .webhook(let hook) = try #require(config.sinks.first).kind else {
      Issue.record("no webhook")
      return
    }
    #expect(hook.secretFile == .path(folder + "s") && hook.headerFiles == ["X-A": .path(folder + "h")])
  }

  /// No request goes there, whatever else is set, and nobody finds out before an event is lost to it.
  @Test(
    arguments: [
      ("https://169.254.169.254/x", "any", true), ("https://[fe80::1]:8443/", "any", true),
      ("https://[fd00:ec2::254]/", "any", true), ("https://10.0.0.7/", "public", true),
      ("https://127.0.0.1/", "public", true), ("https://10.0.0.7/", "any", false),
      ("https://192.0.3.1/", "public", false), ("https://hooks.example.com/", "public", false),
    ])
  func aWebhookThatIsNeverSentIsToldOf(_ url: String, _ network: String, _ isTold: Bool) throws {
    let config = try WatchConfig.parse(
      Array(#"{"watch": [], "sinks": {"ops": {"type": "webhook", "url": "\#(url)", "network": "\#(network)"}}}"#.utf8),
      path: "config.json")
    #expect(config.faults.map(\.message).contains { $0.contains("nothing is ever sent") } == isTold)
  }

  @Test func aRegistryThatIsNeverPolledIsToldOf() throws {
    let config = try WatchConfig.parse(
      Array(#"{"watch": ["169.254.169.254/a/b:1", "[::ffff:169.254.169.254]:5000/a:1", "10.0.0.7/a:1"]}"#.utf8),
      path: "config.json")
    #expect(config.faults.count { $0.message.contains("is never polled") } == 2)
  }
}
