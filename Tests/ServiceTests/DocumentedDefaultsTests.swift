import Config
import Delivery
import Foundation
import ImageModel
import Registry
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
    let text = #"{"sinks": {"h": {"type": "webhook", "url": "https://r.example/"}}, "watch": ["a.example/b:1"]}"#
    let config = try WatchConfig.parse(Array(text.utf8), path: "c")
    let empty = try WatchConfig.parse(Array("{}".utf8), path: "c")
    let entry = try #require(config.watch.first)
    guard case .webhook(let settings) = try #require(config.sinks.first).kind else { throw WrongKind() }
    let hook = try settings.target(of: "h", [:])
    let schedule = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    let all = RegistryAccessMap(settings: [:], environment: [:], agreedTime: nil)
    let (far, near) = (all.access("a.example"), all.access("localhost:5000"))
    func concurrency(_ domain: String) -> Int { RegistryAccessMap.concurrency(of: domain, nil) }
    return [
      "Top level.database": Default("see `watcher(8)`, Files", empty.database == nil),
      "Top level.watch": Default("empty", empty.watch.isEmpty && empty.repositories.isEmpty),
      "Top level.sinks": Default(
        "one of type `stdout`, named `stdout`", empty.sinks == [SinkSettings(name: "stdout", kind: .stdout)]),
      "defaults.interval": Default("`15m`", config.defaults.intervalSeconds == 900 && entry.intervalSeconds == 900),
      "defaults.platforms": Default(#"`["*"]`"#, config.defaults.selection == .all && entry.selection == .all),
      "defaults.platform_match": Default("`strict`", config.unbuilt.isEmpty),
      "defaults.sinks": Default("every sink", entry.sinks == ["h"]),
      "defaults.unreachable_after": Default("`1h`", entry.unreachableAfterSeconds == 3_600),
      "watch[].interval": Default("that of `defaults`", entry.intervalSeconds == config.defaults.intervalSeconds),
      "watch[].platforms": Default("that of `defaults`", entry.selection == config.defaults.selection),
      "watch[].sinks": Default("that of `defaults`", entry.sinks == config.defaults.sinks),
      "watch[].labels": Default("empty", entry.labels.isEmpty),
      "watch[].include_tags": Default("every tag", try repository().includeTags.isEmpty),
      "watch[].exclude_tags": Default("none", try repository().excludeTags.isEmpty),
      "watch[].max_tags": Default("`50`", try repository().maxTags == 50),
      "registries.HOST.scheme": Default("`https`; `http` on loopback", !far.usesPlainHTTP && near.usesPlainHTTP),
      "registries.HOST.client_key_file": Default("as in the certificate's file", far.tls.clientKeyFile == nil),
      "registries.HOST.insecure_skip_verify": Default("`false`", !far.tls.skipVerify),
      "registries.HOST.requests_per_second": Default(
        "`2`; unlimited on loopback", far.requestsPerSecond == 2 && near.requestsPerSecond == nil),
      "registries.HOST.max_concurrency": Default(
        "`4`; `64` on loopback", concurrency("a.example") == 4 && concurrency("localhost:5000") == 64),
      "registries.HOST.trusted_realms": Default("empty", far.trustedRealms.isEmpty),
      "registries.HOST.allow_plain_credentials": Default("`false`", !far.allowPlainCredentials),
      "sinks.NAME.events": Default(
        "the types that are on by default, see docs/webhooks.md", config.sinks[0].events == nil),
      "sinks.NAME.group": Default("off", config.sinks[0].groupSeconds == nil),
      "sinks.NAME of type webhook.secret_file": Default("unsigned", hook.secretFiles.isEmpty),
      "sinks.NAME of type webhook.headers": Default("empty", hook.headers.isEmpty),
      "sinks.NAME of type webhook.header_files": Default("empty", hook.headerFiles.isEmpty),
      "sinks.NAME of type webhook.content_type": Default(
        "`application/cloudevents+json; charset=utf-8`",
        hook.contentType == "application/cloudevents+json; charset=utf-8"),
      "sinks.NAME of type webhook.timeout": Default("`15s`", hook.timeoutSeconds == 15),
      "sinks.NAME of type webhook.allow_http": Default("`false`", !hook.allowHTTP),
      "sinks.NAME of type webhook.network": Default("`any`", hook.addresses == .denyLinkLocal),
      "sinks.NAME of type webhook.max_in_flight": Default("`4`", hook.maxInFlight == 4),
      "sinks.NAME of type webhook.retry_schedule": Default(
        "0s, 5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h", hook.schedule == RetrySchedule(seconds: schedule)),
      "http.listen": Default("off", empty.httpListen == nil),
      "log.level": Default("`info`", empty.log.level == .info),
      "log.format": Default("`logfmt`", empty.log.format == .logfmt),
      "retention.history": Default("`forever`", empty.retention.historySeconds == nil),
      "retention.deliveries": Default("`30d`", empty.retention.deliveriesSeconds == 30 * 86_400),
    ]
  }

  private struct WrongKind: Error {}

  private static func repository() throws -> RepositoryEntry {
    let config = try WatchConfig.parse(Array(#"{"watch": [{"repository": "a.example/b"}]}"#.utf8), path: "c")
    return try #require(config.repositories.first)
  }

  private static func documented() throws -> [String: String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return documented(in: try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8))
  }

  /// What stands in the third column, by heading and key.
  private static func documented(in text: String) -> [String: String] {
    var defaults: [String: String] = [:]
    var heading = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") { heading = String(line.dropFirst(3)) }
      guard let row = line.firstMatch(of: /^\| `(\w+)` \|/) else { continue }
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      let text = cells.count > 3 ? cells[3].trimmingCharacters(in: .whitespaces) : ""
      if !text.isEmpty { defaults["\(heading).\(row.1)"] = text }
    }
    return defaults
  }
}
