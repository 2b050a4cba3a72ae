import ImageModel
import Testing

@testable import Config

@Suite struct PieceTests {
  /// A watchlist of thousands that was made by a script has one mistake, thousands of times.
  @Test(arguments: [30, 31, 3_000])
  func ofManyMistakesOfAKindAFewAreShown(_ count: Int) throws {
    let watch = (0..<count).map { "\"Team\($0)/App:\($0)\"" }.joined(separator: ",\n")
    let problems = try #require(throws: ConfigProblems.self) {
      try WatchConfig.parse(Array("{\"wach\": 1, \"watch\": [\(watch)]}".utf8), path: "c.json")
    }
    #expect(problems.count == count + 1 && problems.problems.count == count + 1)
    guard count > 30 else {
      #expect(problems.texts == problems.problems.map(\.rendered))
      return
    }
    #expect(problems.texts.count == 1 + 10 + 1)
    #expect(problems.texts[0].contains("unknown key \"wach\""))
    let place = "\(problems.problems[1].line):\(problems.problems[1].column)"
    #expect(problems.texts.last == "and \(count - 10) more like that at \(place) (\(problems.problems[1].message))")
    let error = try #require(problems.problems.last)
    let doubts = problems.problems.dropFirst().dropLast().map(\.asWarning)
    #expect((doubts + [error]).texts.contains(error.rendered), "an error is not lost among doubts")
  }

  @Test(
    arguments: [
      ("30s", 30), ("15m", 900), ("6h", 21_600), ("1d", 86_400), ("0s", 0), ("0d", 0), ("2592000s", 2_592_000),
      ("1", nil), ("s", nil), ("", nil), ("01s", nil), ("00s", nil), ("1 s", nil), (" 1s", nil), ("1s ", nil),
      ("+1s", nil), ("-1s", nil), ("1.5h", nil), ("1e3s", nil), ("1h30m", nil), ("1S", nil), ("1ms", nil), ("1w", nil),
      ("١s", nil), ("1ｓ", nil), ("P1D", nil),
    ] as [(String, Int?)])
  func duration(_ text: String, _ seconds: Int?) { #expect(ConfigDuration.seconds(text) == seconds) }

  @Test func longDurationsDoNotOverflow() throws {
    let seconds = try #require(ConfigDuration.seconds(String(repeating: "9", count: 500) + "d"))
    #expect(seconds > 1_000_000 * 86_400)
  }

  @Test(arguments: [(0, "0s"), (59, "59s"), (60, "1m"), (90, "90s"), (3_600, "1h"), (86_400, "1d"), (90_000, "25h")])
  func durationText(_ seconds: Int, _ text: String) {
    #expect(ConfigDuration.text(seconds) == text)
    #expect(ConfigDuration.seconds(text) == seconds)
  }

  @Test(
    arguments: [
      ("intervall", "interval"), ("intreval", "interval"), ("Interval", "interval"), ("platform", "platforms"),
      ("plat-forms", "platforms"), ("sink", "sinks"), ("unreachableAfter", "unreachable_after"),
      ("unreachable", "unreachable_after"), ("x", nil), ("", nil), ("colour", nil),
      (String(repeating: "interval", count: 100), nil),
    ] as [(String, String?)])
  func nearestKey(_ text: String, _ key: String?) {
    #expect(nearest(to: text, among: ConfigKeys.defaults.names) == key)
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
    ("ca", "abc", 3),
    ("kitten", "sitting", 3), ("ab", "ba", 1),
  ])
  func distance(_ a: String, _ b: String, _ distance: Int) {
    #expect(editDistance(Array(a.utf8), Array(b.utf8)) == distance)
    #expect(editDistance(Array(b.utf8), Array(a.utf8)) == distance)
  }

  @Test(arguments: [
    ("*", "watcher.tag.deleted", true), ("", "", true), ("", "a", false), ("*", "", true), ("a*", "a", true),
    ("watcher.tag.*", "watcher.tag.deleted", true), ("watcher.tag.*", "watcher.image.changed", false),
    ("*.changed", "watcher.image.changed", true), ("*.changed", "watcher.image.changed2", false),
    ("watcher.*.changed", "watcher.index.changed", true), ("w*r*d", "watcher.tag.deleted", true),
    ("watcher.tag", "watcher.tag.deleted", false), ("**", "x", true), ("a*b*c", "aXbXbXc", true), ("*a", "ba", true),
    ("*ab", "aab", true), ("a.b", "aXb", false), ("?", "a", false),
  ])
  func pattern(_ pattern: String, _ text: String, _ matches: Bool) {
    #expect(EventPatterns.matches(pattern, text) == matches)
  }

  @Test(.timeLimit(.minutes(1))) func patternsDoNotBacktrack() {
    let pattern = String(repeating: "a*", count: 500) + "b"
    #expect(!EventPatterns.matches(pattern, String(repeating: "a", count: 2_000)))
  }

  @Test(
    arguments: [
      ("example.com", "example.com", nil), ("example.com:5000", "example.com", 5000), ("localhost:1", "localhost", 1),
      ("[::1]", "[::1]", nil), ("[::1]:65535", "[::1]", 65_535), ("10.0.0.1:80", "10.0.0.1", 80),
      ("a-b.c", "a-b.c", nil),
      ("[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", nil),
    ] as [(String, String, Int?)])
  func hostPort(_ text: String, _ host: String, _ port: Int?) throws {
    let parsed = try HostPort(text)
    #expect(parsed.host == host && parsed.port == port)
  }

  @Test(arguments: [
    "", ":", ":80", "a:", "a:b", "::1", "[::1", "::1]", "[]", "[x]", "a b", "a/b", "-a", "a-", ".a", "a.", "a..b",
    "a_b",
    "*.a", "https://a", "a@b", "ä.example", "a:+1", "a: 1", "a:1:2", "[::1]x", "[::1]:",
  ])
  func noHostPort(_ text: String) {
    #expect(throws: HostPort.Mistake.format) { try HostPort(text) }
  }

  @Test(arguments: ["a:0", "a:65536", "a:99999999999999999999999", "[::1]:0"]) func portRange(_ text: String) {
    #expect(throws: HostPort.Mistake.port) { try HostPort(text) }
  }

  @Test(
    arguments: [
      ("https://example.com", .valid(isPlain: false)), ("HTTPS://example.com:8443/a?b", .valid(isPlain: false)),
      ("http://[::1]:80/", .valid(isPlain: true)), ("https://example.com/a@b", .valid(isPlain: false)), ("", .scheme),
      ("example.com", .scheme), ("file:///etc/passwd", .scheme), ("https:/example.com", .scheme),
      ("https://user@example.com", .userinfo), ("https://u:p@example.com/", .userinfo), ("https://a@b@c/", .userinfo),
      ("https://", .host), ("https:///x", .host), ("https://?x", .host), ("https://a:b/", .host),
      ("https://example.com:70000", .host), ("https://example.com\\@evil.example/", .characters),
      ("https://example.com/ x", .characters), ("https://example.com/\n", .characters),
      ("https://example.com/ä", .characters), ("https://example.com/x#y", .fragment),
      ("https://example.com#", .fragment),
    ] as [(String, WebhookURL.Verdict)])
  func webhookURL(_ text: String, _ verdict: WebhookURL.Verdict) { #expect(WebhookURL.check(text) == verdict) }

  @Test(arguments: [
    ("a", true), ("hub.token", true), ("A-b_c", true), ("", false), (".", false), ("..", false), ("a/b", false),
    ("../a", false), ("a:b", false), ("a b", false), ("ä", false), (String(repeating: "x", count: 256), false),
  ])
  func credentialID(_ text: String, _ isID: Bool) { #expect(SecretFile.isCredentialID(text) == isID) }

  @Test func resolving() {
    #expect(SecretFile.path("/a").resolve(environment: [:]) == "/a")
    #expect(SecretFile.credential("a").resolve(environment: [:]) == nil)
    #expect(SecretFile.credential("a").resolve(environment: ["CREDENTIALS_DIRECTORY": ""]) == nil)
    #expect(SecretFile.credential("a").resolve(environment: ["CREDENTIALS_DIRECTORY": "/run/c"]) == "/run/c/a")
  }

  /// Of a file that is read when an event goes out.
  @Test(arguments: [
    ("https://a.example/x/{{id}}", nil), ("https://a.example/{{tag}}", "only {{id}} is put into its URL"),
    ("https://169.254.169.254/", "nothing is ever sent to its URL, a link-local or metadata address"),
    ("http://a.example/", "its URL is not encrypted"), ("a.example", "it does not begin with https://"),
  ])
  func mistakesInURLs(text: String, mistake: String?) {
    #expect(WebhookSettings(url: nil).mistake(inURL: text) == mistake)
  }
}
