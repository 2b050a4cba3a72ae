import Config
import Delivery
import ImageModel
import Messages
import Polling
import Registry
import TestSupport
import Testing
import Transport

@testable import Service

/// Each default that `docs/configuration.md` names is the one that holds where a configuration says nothing.
@Suite struct DocumentedDefaultsTests {
  private struct Default {
    /// As it is written.
    let text: String
    let holds: Bool

    init(_ text: String, _ holds: Bool) {
      self.text = text
      self.holds = holds
    }
  }

  @Test func eachIsTheOneThatHolds() throws {
    let documented = try Self.documented()
    let actual = try Self.actual()
    #expect(documented.count > 30 && Set(documented.keys) == Set(actual.keys))
    for (key, text) in documented {
      guard let known = actual[key] else { continue }
      #expect(known.text == text && known.holds, "\(key): \(text)")
    }
  }

  @Test func anythingElseIsFound() {
    let rows = "## log\n\n| `level` | words | `warning` | The least |\n| `format` | words | | |\n"
    #expect(Self.documented(in: rows) == ["log.level": "`warning`"])
  }

  private static func actual() throws -> [String: Default] {
    let empty = try parse("{}")
    let sinks =
      #""sinks": {"h": {"type": "webhook", "url": "https://r.example/"}, "f": {"type": "file", "path": "/f"}}"#
    let config = try parse(#"{\#(sinks), "watch": ["a.example/b:1"]}"#)
    let entry = try #require(config.watch.first)
    let other = try #require(
      try parse(
        #"{\#(sinks), "defaults": {"interval": "7m", "platforms": ["linux/arm64"], "sinks": ["f"]}, "#
          + #""watch": ["a.example/b:1"]}"#
      ).watch.first)
    guard case .webhook(let settings) = try #require(config.sinks.first).kind else { throw WrongKind() }
    let hook = try settings.target(of: "h", [:])
    let schedule = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    // Of registries that are not in the file, and of those of which it says something else.
    let registries = try [
      [:],
      parse(
        #"{"registries": {"a.example": {"username": "u", "password_file": "p"}, "localhost:5000": {"ca_file": "c"}}}"#
      ).registries,
    ]
    func hold(_ far: (RegistryAccess) -> Bool, _ near: (RegistryAccess) -> Bool) -> Bool {
      registries.allSatisfy { settings in
        let all = RegistryAccessMap(settings: settings, environment: [:], agreedTime: nil)
        return far(all.access("a.example")) && near(all.access("localhost:5000"))
      }
    }
    func hold(_ both: (RegistryAccess) -> Bool) -> Bool { hold(both, both) }
    func concurrency(_ domain: String) -> Set<Int> {
      Set(registries.map { RegistryAccessMap.limits(of: domain, $0[domain]).concurrency })
    }
    let certificate = RegistryAccessMap(
      settings: try parse(#"{"registries": {"a.example": {"client_cert_file": "/c"}}}"#).registries, environment: [:],
      agreedTime: nil
    ).access("a.example").tls
    let ofMail = try parse(
      #"{"sinks": {"m": {"type": "email", "server": "smtp://m.example", "from": "w@a.example", "to": ["o@a.example"]}}}"#
    ).sinks[0]
    guard case .email(let mailSettings) = ofMail.kind else { throw WrongKind() }
    let mail = try mailSettings.target(of: "m", [:])
    let ofTelegram = try parse(
      #"{"sinks": {"t": {"type": "webhook", "format": "telegram", "token_file": "/t", "parameters": {"chat_id": 1}}}}"#
    ).sinks[0].kind
    guard case .webhook(let telegramSettings) = ofTelegram else { throw WrongKind() }
    let telegram = telegramSettings.url
    return [
      "Top level.database": Default("see `watcher(8)`, Files", empty.database == nil),
      "Top level.watch": Default("empty", empty.watch.isEmpty && empty.repositories.isEmpty),
      "Top level.docker_config_file": Default("those found by themselves", empty.logins == .found),
      "Top level.sinks": Default(
        "one of type `stdout`, named `stdout`", empty.sinks == [SinkSettings(name: "stdout", kind: .stdout)]),
      "defaults.interval": Default("`15m`", entry.intervalSeconds == 900),
      "defaults.platforms": Default(#"`["*"]`"#, entry.selection == .all),
      "defaults.platform_match": Default("`strict`", empty.defaults.platformMatch == .strict),
      "defaults.sinks": Default("every sink", entry.sinks == ["h", "f"]),
      "defaults.unreachable_after": Default("`1h`", entry.unreachableAfterSeconds == 3_600),
      "watch[].interval": Default("that of `defaults`", other.intervalSeconds == 420),
      "watch[].platforms": Default(
        "that of `defaults`", other.selection == .only([Platform(os: "linux", architecture: "arm64")])),
      "watch[].platform_match": Default("that of `defaults`", other.selection == .only(other.selection.named)),
      "watch[].sinks": Default("that of `defaults`", other.sinks == ["f"]),
      "watch[].labels": Default("empty", entry.labels.isEmpty),
      "watch[].include_tags": Default("every tag", try repository().tags.include.isEmpty),
      "watch[].exclude_tags": Default("none", try repository().tags.exclude.isEmpty),
      "watch[].max_tags": Default("`50`", try repository().tags.maxTags == 50),
      "registries.HOST.scheme": Default(
        "`https`; `http` on loopback", hold({ !$0.usesPlainHTTP }, { $0.usesPlainHTTP })),
      "registries.HOST.client_key_file": Default(
        "as in the certificate's file", certificate.clientCertFile == "/c" && certificate.clientKeyFile == nil),
      "registries.HOST.insecure_skip_verify": Default("`false`", hold { !$0.tls.skipVerify }),
      "registries.HOST.pull_reserve": Default("`20`", hold { $0.pullReserve == 20 }),
      "registries.HOST.requests_per_second": Default(
        "`2`; unlimited on loopback", hold({ $0.requestsPerSecond == 2 }, { $0.requestsPerSecond == nil })),
      "registries.HOST.max_concurrency": Default(
        "`4`; `64` on loopback", concurrency("a.example") == [4] && concurrency("localhost:5000") == [64]),
      "registries.HOST.trusted_realms": Default("empty", hold { $0.trustedRealms.isEmpty }),
      "registries.HOST.allow_plain_credentials": Default("`false`", hold { !$0.allowPlainCredentials }),
      "sinks.NAME.events": Default(
        "the types that are on by default, see docs/webhooks.md", config.sinks[0].events == nil),
      "sinks.NAME.group": Default(
        "off; `1m` of type `email`", config.sinks[0].groupSeconds == nil && ofMail.groupSeconds == 60),
      "sinks.NAME of type webhook.secret_file": Default("unsigned", hook.secretFiles.isEmpty),
      "sinks.NAME of type webhook.headers": Default("empty", hook.headers.isEmpty),
      "sinks.NAME of type webhook.header_files": Default("empty", hook.headerFiles.isEmpty),
      "sinks.NAME of type webhook.content_type": Default(
        "`application/cloudevents+json; charset=utf-8`; of messages what the service wants",
        hook.contentType == nil && hook.content.usualType == "application/cloudevents+json; charset=utf-8"),
      "sinks.NAME of type webhook.url": Default(
        "that of the `format`'s service, if there is one", telegram == "https://api.telegram.org"),
      "sinks.NAME of type webhook.format": Default("`event`", hook.content == .document),
      "sinks.NAME of type webhook.parameters": Default("empty", hook.content.format == nil),
      "sinks.NAME of type webhook.method": Default("`POST`", hook.method == .post),
      "sinks.NAME of type webhook.timeout": Default("`15s`", hook.timeoutSeconds == 15),
      "sinks.NAME of type webhook.allow_http": Default("`false`", !hook.allowHTTP),
      "sinks.NAME of type webhook.network": Default("`any`", hook.addresses == .denyLinkLocal),
      "sinks.NAME of type webhook.max_in_flight": Default("`4`", hook.maxInFlight == 4),
      "sinks.NAME of type webhook.retry_schedule": Default(
        "0s, 5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h", hook.schedule == RetrySchedule(seconds: schedule)),
      "sinks.NAME of type email.subject": Default("`{{summary}}`", mail.form.subject == nil),
      "sinks.NAME of type email.timeout": Default("`1m`", mail.timeoutSeconds == 60),
      "sinks.NAME of type email.allow_http": Default("`false`", mail.needsTLS),
      "sinks.NAME of type email.retry_schedule": Default(
        "that of webhooks", mail.schedule == RetrySchedule(seconds: schedule)),
      "Top level.proxy": Default("that of the environment", empty.proxy == nil),
      "registries.HOST.endpoint": Default("the registry itself", hold { $0.endpoint == nil }),
      "proxy.no_proxy": Default(
        "empty", try parse(#"{"proxy": {"url": "http://a.example:1"}}"#).proxy?.exceptions.isEmpty == true),
      "http.listen": Default("off", empty.httpListen == nil),
      "http.pages": Default("`true`", empty.pages.areServed),
      "http.hosts": Default("empty", empty.pages.hosts.isEmpty),
      "http.password_file": Default("none, on loopback", empty.pages.passwordFile == nil),
      "http.public_url": Default("messages have no link", empty.pages.publicURL == nil),
      "http.hints": Default("off", empty.hintSecret == nil),
      "log.level": Default("`info`", empty.log.level == .info),
      "log.format": Default("`logfmt`", empty.log.format == .logfmt),
      "retention.history": Default("`forever`", empty.retention.historySeconds == nil),
      "retention.deliveries": Default("`30d`", empty.retention.deliveriesSeconds == 30 * 86_400),
    ]
  }

  private struct WrongKind: Error {}

  private static func repository() throws -> RepositoryEntry {
    try #require(try parse(#"{"watch": [{"repository": "a.example/b"}]}"#).repositories.first)
  }

  private static func parse(_ text: String) throws -> WatchConfig {
    try WatchConfig.parse(Array(text.utf8), path: "/c")
  }

  private static func documented() throws -> [String: String] {
    documented(in: try ProjectFile.text("docs/configuration.md"))
  }

  /// What stands in the third column, by heading and key.
  private static func documented(in text: String) -> [String: String] {
    var defaults: [String: String] = [:]
    var heading = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") { heading = String(line.dropFirst(3)) }
      guard let row = line.firstMatch(of: /^\| `(\w+)` \|/) else { continue }
      let cells = MarkdownTable.cells(line)
      let text = cells.count > 2 ? cells[2] : ""
      if !text.isEmpty { defaults["\(heading).\(row.1)"] = text }
    }
    return defaults
  }
}
