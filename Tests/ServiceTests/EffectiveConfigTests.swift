import Config
import ImageModel
import Testing

@testable import Service

/// What a configuration comes to, and from where.
@Suite struct EffectiveConfigTests {
  private func effective(_ text: String, path: String = "/etc/watcher/config.json") throws -> EffectiveConfig {
    let bytes = Array(text.utf8)
    return EffectiveConfig(
      try WatchConfig.parse(bytes, path: path), bytes, database: ("/var/lib/watcher/watcher.db", nil), in: "/home/ann")
  }

  private func told(_ config: EffectiveConfig) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: config.settings.map { setting in
        let name = setting.steps.map { step in
          switch step {
          case .key(let key): key
          case .element(let index): "\(index)"
          }
        }.joined(separator: "/")
        return (name, "\(String(decoding: setting.value.bytes, as: UTF8.self)) \(setting.origin)")
      })
  }

  private static let text = #"""
    {"database": "h.db",
    "defaults": {"interval": "1h", "platforms": ["linux/arm64"]},
    "watch": ["amazonlinux",
    {"repository": "r.example/base", "interval": "5m", "include_tags": ["^3"], "labels": {"team": "web"}},
    {"image": "r.example/app:1", "platforms": ["*"], "sinks": []}],
    "registries": {"r.example": {"username": "ann", "password_file": "pw", "requests_per_second": 0.5}},
    "sinks": {"ops": {"type": "webhook", "url": "https://hooks.example/T0/SECRET?x=SECRET",
    "headers": {"X-Env": "SECRET"}, "header_files": {"X-Key": {"credential": "key"}}},
    "out": {"type": "stdout", "events": ["watcher.tag.*"], "group": "1m"}},
    "retention": {"deliveries": "forever"}}
    """#

  @Test func eachValueSaysWhereItComesFrom() throws {
    let told = told(try effective(Self.text))
    let file = "/etc/watcher/config.json"
    for (name, words) in [
      ("database", #""/var/lib/watcher/watcher.db" \#(file):1:14"#), ("defaults/interval", #""1h" \#(file):2:26"#),
      ("defaults/unreachable_after", #""1h" default"#), ("defaults/platform_match", #""strict" default"#),
      ("watch/0/image", #""docker.io/library/amazonlinux:latest" \#(file):3:11"#),
      // What an entry does not say, `defaults` may.
      ("watch/0/interval", #""1h" \#(file):2:26"#), ("watch/0/platforms", #"["linux/arm64"] \#(file):2:45"#),
      ("watch/0/sinks", #"["ops","out"] default"#), ("watch/1/repository", #""r.example/base" \#(file):4:16"#),
      ("watch/1/interval", #""5m" \#(file):4:46"#), ("watch/1/max_tags", "50 default"),
      ("watch/1/labels/team", #""web" \#(file):4:95"#), ("watch/2/platforms", #"["*"] \#(file):5:43"#),
      ("watch/2/sinks", "[] \(file):5:59"), ("registries/r.example/requests_per_second", "0.5 \(file):6:95"),
      ("registries/r.example/password_file", #""/etc/watcher/pw" \#(file):6:66"#),
      ("registries/r.example/max_concurrency", "4 default"), ("registries/docker.io/requests_per_second", "2 default"),
      ("sinks/ops/url", #""https://hooks.example/***" \#(file):7:45"#),
      ("sinks/ops/headers/X-Env", #""***" \#(file):8:22"#),
      ("sinks/ops/header_files/X-Key", #"{"credential":"key"} \#(file):8:59"#),
      ("sinks/ops/timeout", #""15s" default"#),
      ("sinks/out/group", #""1m" \#(file):9:65"#), ("retention/history", #""forever" default"#),
      ("retention/deliveries", #""forever" \#(file):10:29"#), ("log/level", #""info" default"#),
    ] { #expect(told[name] == words, "\(name)") }
    #expect(told["http/listen"] == nil && told["registries/r.example/endpoint"] == nil)
  }

  /// They are sorted under the names that references have.
  @Test func registriesAreFoundHoweverTheyAreSpelt() throws {
    let text =
      #"{"watch": [], "registries": {"GHCR.io": {"max_concurrency": 2}, "index.docker.io": {"scheme": "https"}}}"#
    let told = told(try effective(text))
    let file = "/etc/watcher/config.json"
    #expect(told["registries/ghcr.io/max_concurrency"] == "2 \(file):1:61")
    #expect(told["registries/ghcr.io/scheme"] == #""https" default"#)
    #expect(told["registries/docker.io/scheme"] == #""https" \#(file):1:95"#)
  }

  @Test func pathsAreThoseFromAnywhere() throws {
    let text = #"{"registries": {"r.example": {"token_file": "t", "ca_file": "/ca.pem"}}, "docker_config_file": "d"}"#
    let told = told(try effective(text, path: "sub/c.json"))
    #expect(told["registries/r.example/token_file"] == #""/home/ann/sub/t" sub/c.json:1:45"#)
    #expect(told["registries/r.example/ca_file"]?.hasPrefix(#""/ca.pem" "#) == true)
    #expect(told["docker_config_file"]?.hasPrefix(#""/home/ann/sub/d" "#) == true)
  }

  /// Read again, it says the same, but for what is masked.
  @Test(
    arguments: [
      "{}", #"{"watch": [], "docker_config_file": false}"#,
      #"{"watch": ["127.0.0.1:5000/a:1"], "http": {"listen": "127.0.0.1:1"}}"#,
      #"{"http": {"listen": "0.0.0.0:1", "password_file": "/p", "public_url": "HTTPS://W.example/", "hosts": ["A.b"]}}"#,
      #"{"http": {"listen": "0.0.0.0:1", "pages": false, "hints": {"secret_file": {"credential": "h"}}}}"#,
      #"{"watch": [{"image": "a:1", "platforms": ["linux/amd64"], "platform_match": "compatible"}], "proxy": {"url": "http://p.example:1"}}"#,
      #"{"defaults": {"sinks": []}, "sinks": {"f": {"type": "file", "path": "/x/y"}, "w": {"type": "webhook", "url": "https://h.example/"}}}"#,
      #"{"sinks": {"m": {"type": "email", "server": "smtps://m.example", "from": "w@a.example", "to": ["o@a.example"], "subject": "{{ tag }}!", "username": "u", "password_file": "p", "ca_file": {"credential": "c"}, "timeout": "9s"}}}"#,
      #"{"watch": [{"repository": "r.example/a", "exclude_tags": ["rc"], "max_tags": 7}, "r.example/b:1"], "docker_config_file": {"credential": "c"}}"#,
    ])
  func isAConfigurationThatSaysTheSame(text: String) throws {
    let first = try effective(text)
    let again = try effective(String(decoding: first.document.bytes, as: UTF8.self))
    #expect(again.document == first.document)
    let (before, after) = (
      try WatchConfig.parse(Array(text.utf8), path: "/c"), try WatchConfig.parse(first.document.bytes, path: "/c")
    )
    #expect(
      before.watch.map(\.tag) == after.watch.map(\.tag) && before.watch.map(\.selection) == after.watch.map(\.selection)
    )
    #expect(before.sinks.map(\.name) == after.sinks.map(\.name) && before.logins == after.logins)
    #expect(before.defaults == after.defaults && before.proxy == after.proxy && before.retention == after.retention)
    #expect(before.httpListen == after.httpListen && before.pages == after.pages)
  }

  @Test func noSecretIsInIt() throws {
    let config = try effective(Self.text)
    #expect(!String(decoding: config.document.bytes, as: UTF8.self).contains("SECRET"))
    #expect(!"\(config.settings)".contains("SECRET"))
  }
}
