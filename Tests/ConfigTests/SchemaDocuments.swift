import TestSupport

@testable import Config

extension JSONDocument {
  /// Whether the reader takes it, and what it asks for can be done.
  var isTaken: Bool { (try? WatchConfig.parse(bytes, path: "c")) != nil }

  static func fixtures(_ folder: String, _ names: [String]) throws -> [JSONDocument] {
    try names.map { JSONDocument($0, try Fixtures.bytes("\(folder)/\($0).json")) }
  }
}

/// Each key of each object with values of every kind, good and bad.
struct SchemaProbe {
  let key: String
  let kind: ConfigValue?
  let document: JSONDocument

  /// The objects, what stands in each beside the key that is probed, and where it is OBJECT.
  private static let places: [(keys: ConfigObject, beside: [String: String], text: String)] = [
    (ConfigKeys.root, [:], "OBJECT"), (ConfigKeys.defaults, [:], #"{"defaults": OBJECT}"#),
    (ConfigKeys.image, [:], #"{"watch": [OBJECT]}"#),
    (ConfigKeys.image, ["image": #""b""#], #"{"watch": ["a", OBJECT]}"#),
    (ConfigKeys.registry, [:], #"{"registries": {"a.example": OBJECT}}"#),
    (
      ConfigKeys.registry, ["username": #""u""#, "password_file": #""p""#, "client_cert_file": #""c""#],
      #"{"registries": {"a.example": OBJECT}}"#
    ),
    (ConfigKeys.credential, [:], #"{"registries": {"a.example": {"ca_file": OBJECT}}}"#),
    (SinkType.anyKeys, [:], #"{"sinks": {"s": OBJECT}}"#),
    (SinkType.anyKeys, ["type": #""stdout""#], #"{"sinks": {"s": OBJECT}}"#),
    (SinkType.anyKeys, ["type": #""file""#, "path": #""/p""#], #"{"sinks": {"s": OBJECT}}"#),
    (
      SinkType.anyKeys, ["type": #""webhook""#, "url": #""https://a.example""#, "allow_http": "true"],
      #"{"sinks": {"s": OBJECT}}"#
    ),
    (
      SinkType.webhook.keys, ["type": #""webhook""#, "url": #""https://a.example""#, "secret_file": #""s""#],
      #"{"sinks": {"s": OBJECT}}"#
    ),
    (SinkType.webhook.keys, ["type": #""webhook""#, "url_file": #""u""#], #"{"sinks": {"s": OBJECT}}"#),
    (
      SinkType.webhook.keys, ["type": #""webhook""#, "url_file": #""u""#, "format": #""slack""#],
      #"{"sinks": {"s": OBJECT}}"#
    ),
    (
      SinkType.anyKeys,
      [
        "type": #""email""#, "server": #""smtp://a.example""#, "from": #""w@a.example""#, "to": #"["o@a.example"]"#,
        "username": #""u""#, "password_file": #""p""#,
      ], #"{"sinks": {"s": OBJECT}}"#
    ),
    (ConfigKeys.proxy, [:], #"{"proxy": OBJECT}"#),
    (
      ConfigKeys.proxy, ["url": #""http://a.example:1""#, "username": #""u""#, "password_file": #""p""#],
      #"{"proxy": OBJECT}"#
    ),
    (ConfigKeys.http, [:], #"{"http": OBJECT}"#),
    (ConfigKeys.http, ["listen": #""127.0.0.1:1""#], #"{"http": OBJECT}"#),
    (ConfigKeys.hints, [:], #"{"http": {"listen": "127.0.0.1:1", "hints": OBJECT}}"#),
    (ConfigKeys.log, [:], #"{"log": OBJECT}"#),
    (ConfigKeys.retention, [:], #"{"retention": OBJECT}"#),
  ]

  private static let texts = [
    "", "x", "//", "/x", "/x/", "a:b", "a.example/b:1", "http", "https", "http://a.example", "HTTPS://a.example/",
    "http://a.example:1", "socks5h://[::1]:1/", "https://a.example/b?c", "https://u@a.example",
    "https://a.example/v2/b",
    "ftp://a.example", "any", "public", "stdout", "file", "webhook", "strict", "compatible", "debug", "logfmt", "json",
    "forever", "0s", "1s", "10s", "5m", "1h", "1d", "31d", "01s", "1w", "-1s", "127.0.0.1:1", "[::1]", "text/plain",
    "PUT", "event", "slack",
    "email", "smtp://a.example:587", "SMTPS://[::1]/", "smtp://a.example/x", "o@a.example", "o@[::1]",
    "O <o@a.example>",
    "{{summary}}", "{{x}}",
  ]
  private static let values =
    texts.map { "\"\($0)\"" } + [
      "null", "true", "false", "-1", "0", "1", "0.5", "64", "65", "256", "257", "100000", "100001", "1e999",
      "[]", "[null]", "[1]", #"[""]"#, #"["x"]"#, #"["stdout"]"#, #"["*"]"#, #"["linux/arm64"]"#, #"["a.example:1"]"#,
      #"["o@a.example"]"#, #"["o@a.example", "o@a.example"]"#, #"["0s"]"#, #"["0s", "30d"]"#, #"["0s", "1w"]"#,
      #"[{"image": "a"}]"#, #"[{"image": "a", "labels": {"": "x"}}]"#,
      "{}", #"{"x": "y"}"#, #"{"x": ""}"#, #"{"x": 1}"#, #"{"x": {}}"#, #"{"//": "x"}"#, #"{"//": {}}"#,
      #"{"url": "http://a.example:1"}"#, #"{"credential": "x"}"#, #"{"credential": "x", "//": "x"}"#,
      #"{"x": {"credential": "x"}}"#, #"{"secret_file": "x"}"#,
      #"{"s": {"type": "stdout"}, "//": "x"}"#, #"{"a b": {"type": "stdout"}}"#,
    ]

  static let all = places.flatMap { keys, beside, text in
    (keys.names + ["//", "$schema", "unknown"]).flatMap { key in
      values.map { value in
        let members = beside.merging([key: value]) { $1 }.sorted { $0.key < $1.key }
        let object = "{\(members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", "))}"
        let written = text.replacing("OBJECT", with: object)
        return SchemaProbe(
          key: key, kind: keys.keys.first { $0.name == key }?.value, document: JSONDocument(written, written.utf8))
      }
    }
  }
}
