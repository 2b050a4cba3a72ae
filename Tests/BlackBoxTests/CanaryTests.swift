import Foundation
import Glibc
import TestSupport
import Testing

/// Secrets of every kind, at parties that say back what they were told: none of them is found anywhere but on the wire.
@Suite struct CanaryTests {
  private enum Canary: String, CaseIterable {
    case password = "canary-password-4f1c"
    case tokenPassword = "canary-tokenpassword-77ab"
    case token = "canary-token-91de"
    case credential = "canary-credential-5e5e"
    /// Of users' log-ins.
    case filePassword = "canary-filepassword-8c1e"
    case identityToken = "canary-identity-3d77"
    case registryToken = "canary-registrytoken-60fa"
    case helperPassword = "canary-helperpassword-c4c4"
    case helperToken = "canary-helpertoken-1b9d"
    /// Given out by a token server.
    case given = "canary-given-2b2b"
    /// In the query of a signed URL that a registry redirects to.
    case signed = "canary-signed-0a9b"
    case webhookKey = "Y2FuYXJ5LXdlYmhvb2sta2V5LW9uZS0xMTEx"
    case webhookKeyBefore = "Y2FuYXJ5LXdlYmhvb2sta2V5LXR3by0yMjIy"
    case header = "canary-header-d00d"
    /// Of services whose URL is the secret, and of those that know the sender by a token.
    case hookURL = "canary-hookurl-71c3"
    case chatToken = "canary-chattoken-e2f4"
    case mailPassword = "canary-mail-7e11"
    /// What services that send hints know, and what others try.
    case hint = "canary-hint-c0de/f00d"
    case wrongHint = "canary-wronghint-ab12"
    /// Of pages.
    case page = "canary-page-6d2e"
    case wrongPage = "canary-wrongpage-40c9"

    /// How it may be written.
    var forms: [String] {
      var forms = [
        rawValue, Data(rawValue.utf8).base64EncodedString(), Data("ann:\(rawValue)".utf8).base64EncodedString(),
        Data("\u{0}ann\u{0}\(rawValue)".utf8).base64EncodedString(),
      ]
      if let decoded = Data(base64Encoded: rawValue) { forms.append(String(decoding: decoded, as: UTF8.self)) }
      return forms + forms.compactMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) }
    }
  }

  private let registries: [FakeRegistry]
  private let hook: LoopbackServer
  private let mail: MailServer
  private let scene: Scene
  private let watch: [String]
  private var outputs: [String: String] = [:]

  init() throws {
    registries = try [
      FakeRegistry(door: .basic(username: "ann", password: Canary.password.rawValue)),
      FakeRegistry(door: .token(username: "ann", password: Canary.tokenPassword.rawValue)),
      FakeRegistry(),
      FakeRegistry(door: .basic(username: "ann", password: Canary.credential.rawValue)),
      FakeRegistry(door: .token(username: "ann", password: Canary.filePassword.rawValue)),
      FakeRegistry(door: .refreshToken(Canary.identityToken.rawValue)),
      FakeRegistry(),
      FakeRegistry(door: .basic(username: "ann", password: Canary.helperPassword.rawValue)),
      FakeRegistry(door: .refreshToken(Canary.helperToken.rawValue)),
    ]
    for registry in registries { registry.put(FakeRegistryImage("first"), in: "app", tag: "stable") }
    watch = registries.map { "\($0.authority)/app:stable" }
    hook = try LoopbackServer { request in
      let said = "\(request.target) \(request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "; "))"
      return ScriptedResponse(500, headers: [("X-Echo", said)], body: Array("you said \(said)".utf8))
    }
    mail = try MailServer(["peer": "echo"])
    scene = try Scene(watch: watch, interval: "1h")
    try configure()
    try logIn()
    registries[6].setFault { Self.wantsToken($0) }
  }

  @discardableResult
  private func file(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
    let path = "\(scene.directory)/\(name)"
    try (text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    chmod(path, mode)
    return path
  }

  /// What a user has of the registries of which the configuration says nothing: in a file, and with two helpers.
  private func logIn() throws {
    let names = registries[4...].map(\.authority)
    let pair = Data("ann:\(Canary.filePassword.rawValue)".utf8).base64EncodedString()
    let auths = [
      names[0]: ["auth": pair], names[1]: ["identitytoken": Canary.identityToken.rawValue],
      names[2]: ["registrytoken": Canary.registryToken.rawValue],
    ]
    let helpers = [names[3]: "password", names[4]: "token"]
    let text = try JSONSerialization.data(withJSONObject: ["auths": auths, "credHelpers": helpers] as [String: Any])
    try file("auth.json", String(decoding: text, as: UTF8.self))
    for (name, user, secret) in [
      ("password", "ann", Canary.helperPassword), ("token", "<token>", Canary.helperToken),
    ] {
      let answer = "{\"Username\":\"\(user)\",\"Secret\":\"\(secret.rawValue)\"}"
      try file("docker-credential-\(name)", "#!/bin/sh\necho '\(answer)'", mode: 0o700)
    }
  }

  /// A registry that takes one bearer token, and has no token server.
  private static func wantsToken(_ request: ReceivedRequest) -> ScriptedResponse? {
    guard request.header("Authorization") != "Bearer \(Canary.registryToken.rawValue)" else { return nil }
    let challenge = "Bearer realm=\"http://\(request.header("Host") ?? "")/token\",service=\"s\""
    return ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)])
  }

  private func configure() throws {
    try file("cred", Canary.credential.rawValue)
    var document = try object(WatcherBinary.text(scene.config))
    document["log"] = ["level": "debug"]
    document["registries"] = [
      registries[0].authority: ["username": "ann", "password_file": try file("p", Canary.password.rawValue)],
      registries[1].authority: ["username": "ann", "password_file": try file("tp", Canary.tokenPassword.rawValue)],
      registries[2].authority: ["token_file": try file("t", Canary.token.rawValue)],
      registries[3].authority: ["username": "ann", "password_file": ["credential": "cred"]],
    ]
    document["sinks"] = [
      "out": ["type": "stdout", "events": ["*"]], "all": ["type": "file", "path": scene.events, "events": ["*"]],
      "hook": [
        "type": "webhook", "url": hook.origin + "/", "allow_http": true, "events": ["*"],
        "secret_file": try file("s", "whsec_" + Canary.webhookKey.rawValue),
        "secret_previous_file": try file("sp", "whsec_" + Canary.webhookKeyBefore.rawValue),
        "header_files": ["X-Api-Key": try file("h", Canary.header.rawValue)],
      ],
      "slack": [
        "type": "webhook", "format": "slack", "allow_http": true, "events": ["*"],
        "url_file": try file("u", "\(hook.origin)/services/\(Canary.hookURL.rawValue)"),
      ],
      "telegram": [
        "type": "webhook", "format": "telegram", "url": hook.origin, "allow_http": true, "events": ["*"],
        "parameters": ["chat_id": 1], "token_file": try file("ct", Canary.chatToken.rawValue),
      ],
      "mail": [
        "type": "email", "server": "smtp://127.0.0.1:\(mail.port)", "from": "w@example.org", "to": ["o@example.org"],
        "username": "ann", "password_file": try file("mp", Canary.mailPassword.rawValue), "group": "1s",
      ],
    ]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
  }

  private var environment: [String: String] {
    [
      "WATCHER_DATABASE": scene.database, "WATCHER_CONFIG": scene.config, "CREDENTIALS_DIRECTORY": scene.directory,
      "REGISTRY_AUTH_FILE": "\(scene.directory)/auth.json", "PATH": "\(scene.directory):/usr/bin:/bin",
    ]
  }

  /// Makes every registry say no, and what it was told: in the message, in headers and in the challenge.
  private func turnHostile() {
    for (index, registry) in registries.enumerated() {
      let origin = registry.origin
      registry.setFault { request in
        let isKnown = request.header("Authorization") != nil || request.method == "POST"
        guard isKnown else { return index == 6 ? Self.wantsToken(request) : nil }
        let said = request.header("Authorization") ?? request.form("refresh_token") ?? "nothing"
        if index == 1, request.path == "/token" {
          let token = "{\"token\":\"\(Canary.given.rawValue)\"}"
          return ScriptedResponse(200, headers: [("Content-Type", "application/json")], body: Array(token.utf8))
        }
        if index == 2, request.path.hasPrefix("/v2/") {
          let target = "\(origin)/elsewhere?signature=\(Canary.signed.rawValue)"
          return ScriptedResponse(307, headers: [("Location", target)])
        }
        let body = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no: \(said) \(request.target)\"}]}"
        return ScriptedResponse(
          403,
          headers: [
            ("Content-Type", "application/json"), ("X-Echo", said), ("WWW-Authenticate", "Basic realm=\"\(said)\""),
          ], body: Array(body.utf8))
      }
    }
  }

  @Test func noSecretIsFoundAnywhere() throws {
    defer {
      for registry in registries { registry.stop() }
      hook.stop()
    }
    let port = try scene.listen()
    try scene.set(
      "http",
      [
        "listen": "127.0.0.1:\(port)", "hints": ["secret_file": try file("hs", Canary.hint.rawValue)],
        "password_file": try file("pp", Canary.page.rawValue),
      ])
    let daemon = try scene.binary.start(
      ["run"], environment: environment, stdout: scene.stdout, stderr: scene.stderr)
    defer { daemon.terminate() }
    var found: [String: String] = [:]
    func run(_ arguments: [String]) throws {
      let outcome = try scene.binary.run(arguments, environment: environment)
      found["\(arguments) stdout", default: ""] += outcome.stdout
      found["\(arguments) stderr", default: ""] += outcome.stderr
    }
    #expect(
      try eventually { try scene.sql("SELECT count(*) FROM snapshot") == ["9"] },
      "every secret opens its door: \(WatcherBinary.text(scene.stderr))")
    let commands =
      [["check", "--json"], ["sinks", "test"], ["status", "--json"], ["deliveries", "list", "--json"]]
      + [
        ["config", "check"], ["config", "show"], ["config", "show", "--origin"], ["health"], ["events", "--json"],
        ["sinks", "list"], ["check"], ["db", "check"],
      ]
      + watch.flatMap { [["resolve", $0, "-v"], ["history", $0, "--json"]] }
    for command in commands { try run(command) }
    try hint(at: port) { found[$0] = $1 }
    try visit(port) { found[$0] = $1 }
    turnHostile()
    for command in commands { try run(command) }
    #expect(try eventually { try scene.sql("SELECT count(*) FROM delivery WHERE attempts > 0")[0] != "0" })
    for place in ["cmdline", "environ"] {
      found["/proc/\(place)"] = WatcherBinary.text("/proc/\(daemon.pid)/\(place)")
    }
    found["metrics"] = try TCPClient.get("/metrics", port: port)
    daemon.terminate()
    try daemon.finish()
    for path in [scene.stdout, scene.stderr, scene.events] { found[path] = WatcherBinary.text(path) }
    for path in [scene.database, scene.database + "-wal"] {
      found[path] = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    let wire = wire()
    for canary in Canary.allCases where !Self.shown.contains(canary) {
      #expect(canary.forms.contains { wire.contains($0) }, "\(canary) was never sent: this proves nothing")
    }
    #expect(hook.requests.contains { $0.header("webhook-signature")?.split(separator: " ").count == 2 })
    #expect(found.values.contains { $0.contains("DENIED") } && found.values.contains { $0.contains("500") })
    for (place, text) in found {
      for canary in Canary.allCases {
        for form in canary.forms {
          guard let range = text.range(of: form) else { continue }
          let start = text.index(range.lowerBound, offsetBy: -120, limitedBy: text.startIndex) ?? text.startIndex
          Issue.record("\(canary) in \(place): \(text[start..<range.upperBound])")
        }
      }
    }
  }

  /// Those that others show here, or that sign what is sent.
  private static let shown: [Canary] = [.webhookKey, .webhookKeyBefore, .hint, .wrongHint, .page, .wrongPage]

  private func visit(_ port: Int, _ answer: (String, String) -> Void) throws {
    for (canary, status) in [(Canary.page, 404), (.wrongPage, 401)] {
      let pair = Data("ann:\(canary.rawValue)".utf8).base64EncodedString()
      for path in ["/none", "/api/none"] {
        for authorization in ["Basic \(pair)", "Bearer \(canary.rawValue)"] {
          let reply = try #require(
            try TCPClient.exchange(
              "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(authorization)\r\n\r\n", port: port))
          #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(path): \(reply)")
          answer("\(path) \(authorization)", reply)
        }
      }
    }
  }

  /// In every way that a secret is shown, taken and refused, and where none belongs.
  private func hint(at port: Int, _ answer: (String, String) -> Void) throws {
    for canary in [Canary.hint, .wrongHint] {
      let secret = canary.rawValue
      let inPath = try #require(secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      let right = canary == .hint
      let ways: [(path: String, header: String, status: Int)] = [
        ("/hints/generic", "Authorization: Bearer \(secret)", right ? 202 : 401),
        ("/hints/generic", "X-Watcher-Token: \(secret)", right ? 202 : 401),
        ("/hints/gitlab", "X-Gitlab-Token: \(secret)", right ? 400 : 401),
        ("/hints/harbor", "Authorization: \(secret)", right ? 400 : 401),
        ("/hints/artifactory", "X-JFrog-Event-Auth: \(secret)", right ? 400 : 401),
        ("/hints/generic/\(secret)", "X-Other: x", right ? 202 : 401),
        ("/hints/quay/\(inPath)", "X-Other: x", right ? 400 : 401),
        ("/hints/quay/\(inPath)?registry=quay.example&x=1", "X-Other: x", right ? 400 : 401),
        ("/hints/generic?secret=\(inPath)", "X-Other: x", 401),
        ("/hints/generic?registry=\(inPath)", "X-Other: x", 401), ("/hints/none/\(inPath)", "X-Other: x", 404),
        ("/hint/generic/\(inPath)?x=\(inPath)", "X-Other: x", 405),
      ]
      for (path, header, status) in ways {
        let body = #"{"image": "\#(watch[0])"}"#
        let reply = try #require(
          try TCPClient.exchange(
            "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\(header)\r\n\r\n\(body)",
            port: port))
        #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(path) \(header): \(reply)")
        answer("POST \(path) \(header)", reply)
      }
      answer("GET", try #require(try TCPClient.get("/hints/quay/\(inPath)?x=\(inPath)", port: port)))
    }
  }

  /// All that was said to the registries, the receiver and the mail server.
  private func wire() -> String {
    let requests = (registries.flatMap(\.requests) + hook.requests).flatMap { request in
      [request.target, request.form("refresh_token") ?? ""] + request.headers.map { "\($0.name): \($0.value)" }
    }
    return (requests + [mail.said]).joined(separator: "\n")
  }
}
