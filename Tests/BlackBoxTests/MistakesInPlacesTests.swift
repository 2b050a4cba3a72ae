import Foundation
import Glibc
import TestSupport
import Testing

/// What is said where a database or a registry is not what it should be.
@Suite struct MistakesInPlacesTests {
  /// What is at the database's path.
  enum Place: Sendable {
    case nothing, foreign, garbage, newer, cut, damaged, locked
  }

  @Test(arguments: databases) func aDatabase(_ place: Place, _ mistake: Mistake) throws {
    let scene = try Scene(watch: [])
    if place != .nothing { #expect(try scene.run(["check", "--config", scene.config]).status == 0) }
    var lock: Int32 = -1
    switch place {
    case .nothing: break
    case .foreign: try scene.change("PRAGMA application_id = 0; DROP TABLE IF EXISTS meta")
    case .garbage: try scene.put(["watcher.db": String(repeating: "no database ", count: 500)])
    case .newer: try scene.change("PRAGMA user_version = 99")
    case .cut: #expect(truncate(scene.database, 6_000) == 0)
    case .damaged:
      let file = open(scene.database, O_WRONLY | O_CLOEXEC)
      defer { close(file) }
      #expect(pwrite(file, [UInt8](repeating: 0xff, count: 12_288), 12_288, 8_192) == 12_288)
    case .locked:
      lock = open("\(scene.database).lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    }
    defer { if lock >= 0 { close(lock) } }
    try mistake.make(in: scene)
  }

  static let databases: [(Place, Mistake)] = [
    (.nothing, .init("none yet", "status", 66, "there is no database (DIR/watcher.db): start the daemon, or name one")),
    (.nothing, .init("none to forget from", "forget app --yes", 66, "there is no database")),
    (
      .nothing,
      .init("a directory", "status --database DIR", 65, "a directory is no database", "--database DIR/watcher.db")
    ),
    (.nothing, .init("below a file", "check --database DIR/config.json/w.db", 73, "cannot create the database")),
    (.foreign, .init("another program's", "status", 65, "not a watcher database (DIR/watcher.db): name another file")),
    (
      .garbage, .init("a text", "check", 65, "not an SQLite database, or damaged in its first page", "restore a backup")
    ),
    (.newer, .init("a newer version's", "run", 65, "of a newer version", "schema 99", "use the newer watcher")),
    (.cut, .init("one cut short", "status", 65, "the database is damaged", "restore a backup, or move the file away")),
    (.damaged, .init("damage in the middle", "check", 65, "the database is damaged")),
    (.damaged, .init("the same, asked", "db check", 65, "stop the daemon and restore a backup")),
    (.locked, .init("a second daemon", "run", 75, "holds the database (DIR/watcher.db.lock): stop it first")),
    (
      .locked,
      .init("no daemon that would do it", "check", 75, "nobody can be asked (", ", and process ", "stop it first")
    ),
  ]

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func whatMayNotBeRead() throws {
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    let scene = try Scene(watch: [])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(chmod(scene.directory, 0o777) == 0 && chmod(scene.database, 0o600) == 0)
    try Mistake("read as another", "status", 77, "no permission to read the database", "you are nobody): run as root")
      .make(in: scene, runner: nobody)
    try Mistake("written as another", "check", 77, "no permission to use the database", "you are nobody")
      .make(in: scene, runner: nobody)
    #expect(chmod(scene.config, 0o600) == 0)
    try Mistake(
      "a configuration", "config check", 77, "cannot read the configuration (DIR/config.json: Permission denied)"
    )
    .make(in: scene, runner: nobody)
    let inside = scene.directory + "/inside"
    try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: false)
    #expect(chmod(inside, 0o700) == 0)
    try Mistake("a directory", "status --database DIR/inside/w.db", 77, "DIR/inside/w.db cannot be looked at")
      .make(in: scene, runner: nobody)
  }

  /// A path may hold what a terminal obeys.
  @Test func pathsAreMadeSafe() throws {
    let (escape, shown) = ("\u{1b}[31m", #"\u{1b}[31m"#)
    let scene = try Scene(watch: [])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    try Mistake("a database", "status --database DIR/\(escape)/w.db", 66, "(DIR/\(shown)/w.db)").make(in: scene)
    try Mistake("one to write", "run --database DIR/\(escape)/w.db", 73, "DIR/\(shown)").make(in: scene)
    try Mistake("a directory", "db check --database DIR/\(escape)/", 65, "DIR/\(shown)/watcher.db").make(in: scene)
    try Mistake("a copy", "db backup DIR/\(escape)/c.db", 73, "(DIR/\(shown)/c.db)").make(in: scene)
    try Mistake("a configuration", "config check DIR/\(escape)c.json", 78, "DIR/\(shown)c.json").make(in: scene)
    let none = scene.directory + "/\(escape)/none"
    let document: [String: Any] = [
      "database": none, "watch": ["127.0.0.1:1/a"],
      "registries": ["127.0.0.1:1": ["username": "u", "password_file": none, "ca_file": none]],
      "sinks": [
        "f": ["type": "file", "path": none],
        "w": ["type": "webhook", "url": "https://127.0.0.1:1/", "secret_file": none, "ca_file": none],
      ],
    ]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: scene.config))
    try Mistake(
      "all that a configuration names", "config check", 78, "\"database\": cannot create the database (DIR/\(shown)",
      "\"password_file\": DIR/\(shown)", "\"path\": cannot create DIR/\(shown)",
      "\"secret_file\": the file DIR/\(shown)"
    ).make(in: scene)
    try Mistake("the same, begun", "run", 78, "DIR/\(shown)").make(in: scene)
    try Mistake("the same, asked", "status", 66, "(DIR/\(shown)/none)").make(in: scene)
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root")) func aFileSystemThatIsReadOnly() throws {
    let scene = try Scene(watch: [])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let mounted = [
      "unshare", "--mount", "sh", "-c",
      "mount --bind . . && mount -o remount,ro,bind . && exec setpriv --no-new-privs \"$@\" >/dev/null", "sh",
    ]
    for command in ["run", "deliveries retry --all"] {
      try Mistake(
        "a read-only file system", command, 77, "the file system is read-only (DIR/watcher.db.lock)",
        "make it writable, or name a database elsewhere"
      ).make(in: scene, runner: mounted)
    }
  }

  /// The user of the service passes credentials to the service alone.
  @Test func aCredentialOutsideTheService() throws {
    let (registry, image, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    registry.setDoor(.basic(username: "u", password: "right"))
    var document = try object(WatcherBinary.text(scene.config))
    document["registries"] = [
      registry.authority: ["username": "u", "password_file": ["credential": "registry-password"]]
    ]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: scene.config))
    try Mistake(
      "a credential", "resolve \(image)", 77, "(registry-password) for REG cannot be looked for: CREDENTIALS_DIRECTORY",
      "for a command by hand: CREDENTIALS_DIRECTORY=/run/credentials/watcher.service"
    ).make(in: scene, registry: registry.authority)
  }

  /// How a registry answers, and what `resolve` and `check` say to it.
  struct Answer: CustomTestStringConvertible, Sendable {
    let what: String
    let response: ScriptedResponse
    let status: Int32
    let code: String
    let words: String
    var testDescription: String { what }

    init(_ what: String, _ response: ScriptedResponse, _ status: Int32, _ code: String, _ words: String) {
      (self.what, self.response, self.status, self.code, self.words) = (what, response, status, code, words)
    }
  }

  @Test(arguments: answers) func aRegistry(_ answer: Answer) throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    registry.setFault { _ in answer.response }
    try Mistake(answer.what, "resolve REG/app:stable", answer.status, answer.words)
      .make(in: scene, registry: registry.authority)
    try Mistake(answer.what, "check", 2, "failed      REG/app:stable  \(answer.code): ", answer.words)
      .make(in: scene, registry: registry.authority)
  }

  private static func says(_ status: Int, _ code: String, _ headers: [(String, String)] = []) -> ScriptedResponse {
    let body = #"{"errors":[{"code":"\#(code)","message":"no"}]}"#
    return ScriptedResponse(status, headers: headers + [("Content-Type", "application/json")], body: Array(body.utf8))
  }

  static let answers: [Answer] = [
    .init(
      "a private image", says(401, "UNAUTHORIZED"), 77, "unauthorized_or_missing", "set credentials for the registry"),
    .init("no access", says(403, "DENIED"), 77, "denied", "access is denied; check the name or set credentials"),
    .init("no such tag", says(404, "MANIFEST_UNKNOWN"), 66, "tag_missing", "check the spelling"),
    .init(
      "no such repository", says(404, "NAME_UNKNOWN"), 66, "repository_missing", "or it is private; check the name"),
    .init("too many requests", says(429, "TOOMANYREQUESTS"), 69, "rate_limited", "poll less often or set credentials"),
    .init("an outage", says(503, "UNAVAILABLE"), 69, "server", "the registry has a problem; try again later"),
    .init(
      "a sign-in that is not known", says(401, "UNAUTHORIZED", [("WWW-Authenticate", "Negotiate")]), 77,
      "auth_unsupported", "only Basic and Bearer can be answered"),
    .init(
      "a web server", ScriptedResponse(200, headers: [("Content-Type", "text/html")], body: Array("<html>".utf8)), 69,
      "bad_response", "check the name; what answers may be no registry"),
    .init("one without the page", ScriptedResponse(404), 69, "not_found", "or no registry at all; check the host"),
    .init("one that hangs up", ScriptedResponse(200, behaviour: .drop), 69, "network", #"scheme to "https""#),
  ]

  @Test func aRegistryThatIsNotThere() throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    registry.stop()
    try Mistake("one that is down", "resolve REG/app", 69, "no connection to REG", "check that it is up and reachable")
      .make(in: scene, registry: registry.authority)
    try Mistake(
      "one of no name", "resolve nope.invalid/app", 69, "cannot be looked up", "check the name and this machine's DNS"
    )
    .make(in: scene)
  }

  @Test func aRegistryWithAPasswordThatIsWrong() throws {
    let (registry, image, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    registry.setDoor(.basic(username: "u", password: "right"))
    try scene.put(["password": "hunter2\n"])
    var document = try object(WatcherBinary.text(scene.config))
    document["registries"] = [registry.authority: ["username": "u", "password_file": "password"]]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: scene.config))
    try Mistake(
      "a wrong password", "resolve \(image)", 77, "refuses the configured credentials", "correct the file or the user"
    )
    .make(in: scene, registry: registry.authority)
  }

  @Test(arguments: [
    (Certificates.Kind.selfSigned, "https", false, #"set registries.REG.ca_file to its certificate in PEM"#),
    (.selfSigned, "https", true, "ca.pem (registries.REG.ca_file) has signed what the server sent"),
    (.expired, "https", true, "its certificate has expired, unless this machine's clock is wrong"),
    (.wrongHost, "https", true, "its certificate is for another name; ask for it by that name"),
    (.good, "http", true, #"set registries.REG.scheme to "https""#),
  ])
  func aRegistryBehindTLS(kind: Certificates.Kind, scheme: String, isTrusted: Bool, words: String) throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, kind)
    let registry = "127.0.0.1:\(server.port)"
    let scene = try Scene(watch: [])
    var settings = ["scheme": scheme]
    if isTrusted { settings["ca_file"] = certificates.caFile }
    let document: [String: Any] = ["watch": ["\(registry)/app"], "registries": [registry: settings]]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: scene.config))
    try Mistake("\(kind)", "resolve REG/app", 69, words).make(in: scene, registry: registry)
  }

  @Test func aRegistryThatSpeaksNoTLS() throws {
    let scene = try Scene(watch: [])
    let server = try PlainServer(in: URL(filePath: scene.directory))
    let registry = "127.0.0.1:\(server.port)"
    let document: [String: Any] = ["watch": ["\(registry)/app"], "registries": [registry: ["scheme": "https"]]]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: scene.config))
    try Mistake("TLS where there is none", "resolve REG/app", 69, #"set registries.REG.scheme to "http""#)
      .make(in: scene, registry: registry)
  }
}
