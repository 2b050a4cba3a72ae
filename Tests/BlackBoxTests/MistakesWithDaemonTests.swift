import Foundation
import Glibc
import TestSupport
import Testing

/// What is said while a daemon runs, and by receivers that do not take what they are sent.
@Suite struct MistakesWithDaemonTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  private func make(_ mistakes: Mistake...) throws {
    for mistake in mistakes { try mistake.make(in: scene, registry: registry.authority) }
  }

  @Test func besideADaemon() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    try make(
      .init(
        "a second daemon", "run", 75, "process \(daemon.pid) holds the database (DIR/watcher.db.lock): stop it first"),
      .init("to forget what is watched", "forget REG/app:stable --yes", 64, "take it out of the watchlist"),
      .init("a tag that is not there", "check REG/app:stabel", 2, "not on the watchlist; tag_missing: "),
      .init("a sink that is none", "deliveries drop --sink al", 66, "no such sink (al in"))
    // The mistake is in the file alone: the daemon goes on, and what asks it or its database does as well.
    try scene.put(["config.json": #"{"wacth": []}"#])
    daemon.signal(SIGHUP)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=reload_failed") })
    #expect(WatcherBinary.text(scene.stderr).contains(#"config.json:1:2: error: unknown key \"wacth\""#))
    try make(
      .init("a reload refused", "health --database DIR/watcher.db", 0, "; the last reload failed, see the log"),
      .init("the same, asked", "status --database DIR/watcher.db", 0, "1 tag: 1 ok", "the last reload failed, see the"),
      .init("the same, watched", "status --exit-code --database DIR/watcher.db", 1, "the last reload failed, see the"),
      .init("the same, checked", "config check", 78, #"did you mean "watch"?"#))
  }

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root")) func byAnotherUser() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() && (try? scene.run(["health"]).status) == 0 })
    let (nobody, member) = ("65534", "0")
    func become(_ group: String) -> [String] { ["setpriv", "--reuid=65534", "--regid=\(group)", "--clear-groups"] }
    try Mistake(
      "its health", "health", 77, "no daemon may be asked for DIR/watcher.db", "DIR/control.sock: Permission denied",
      "run as root"
    )
    .make(in: scene, runner: become(nobody))
    for command in ["deliveries retry --all", "deliveries drop --all", "db prune", "check"] {
      try Mistake("a member of the group", command, 77, "only root and the daemon's own user", "use sudo")
        .make(in: scene, runner: become(member))
    }
  }

  /// It is opened at the next start only.
  @Test func anotherDatabaseInTheConfiguration() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() && (try? scene.run(["health"]).status) == 0 })
    try scene.put(["config.json": #"{"watch": [], "database": "other.db"}"#])
    try make(
      .init(
        "another database", "status", 66, "there is no database (DIR/other.db)", "a daemon runs on another one",
        "restart it"))
  }

  @Test func aReceiverThatWantsNothingMore() throws {
    let receiver = try LoopbackServer { _ in ScriptedResponse(410) }
    defer {
      registry.stop()
      receiver.stop()
    }
    try scene.configure(watch: [image], sinks: ["ops": Scene.webhook(to: receiver.origin, ["events": ["*"]])])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(try eventually { try scene.sql("SELECT state FROM sink WHERE name = 'ops'") == ["disabled"] })
    try make(
      .init("a sink that is disabled", "sinks list ops", 0, "disabled", "answered 410", "retry --sink ops' enables it"),
      .init("the same by status", "status --exit-code", 1, "1 disabled", "its receiver wants nothing more"),
      .init("its deliveries", "deliveries list --sink ops", 0, "sink disabled"),
      .init("to retry them all", "deliveries retry --all", 0, "nothing is sent to a disabled sink (ops)"),
      .init("its health", "health", 0, "the sink ops is disabled"))
  }

  @Test(arguments: [
    (ScriptedResponse(410), "answered 410"), (ScriptedResponse(500), "answered 500"),
    (ScriptedResponse(302, headers: [("Location", "/")]), "redirects are not followed; correct the URL"),
    (ScriptedResponse(200, behaviour: .drop), #"if it speaks TLS there, write https:// in "url""#),
  ])
  func aReceiverThatDoesNotTakeIt(response: ScriptedResponse, words: String) throws {
    let receiver = try LoopbackServer { _ in response }
    defer {
      registry.stop()
      receiver.stop()
    }
    try scene.configure(watch: [], sinks: ["ops": Scene.webhook(to: receiver.origin)])
    try make(.init("\(response.status)", "sinks test ops", 69, words, "not every sink took the test event"))
  }

  @Test(arguments: [
    (Certificates.Kind.selfSigned, false, "set the sink's ca_file to its certificate in PEM"),
    (.selfSigned, true, "ca.pem (the sink's ca_file) has signed what the server sent; put that of its authority there"),
    (.expired, true, "its certificate has expired, unless this machine's clock is wrong"),
    (.wrongHost, true, #"its certificate is for another name; write that in "url""#),
  ])
  func aReceiverWhoseCertificateIsNotTaken(kind: Certificates.Kind, isTrusted: Bool, words: String) throws {
    defer { registry.stop() }
    let certificates = try Certificates()
    let server = try TLSServer(certificates, kind)
    var sink: [String: Any] = ["type": "webhook", "url": server.origin]
    if isTrusted { sink["ca_file"] = certificates.caFile }
    try scene.configure(watch: [], sinks: ["ops": sink])
    try make(.init("\(kind)", "sinks test ops", 69, words))
  }

  @Test func aReceiverThatSpeaksNoTLS() throws {
    defer { registry.stop() }
    let receiver = try PlainServer(in: URL(filePath: scene.directory))
    try scene.configure(watch: [], sinks: ["ops": ["type": "webhook", "url": "https://127.0.0.1:\(receiver.port)/"]])
    try make(.init("no TLS", "sinks test ops", 69, #"write http:// and "allow_http": true"#))
  }

  @Test func aReceiverThatIsNotThere() throws {
    registry.stop()
    try scene.configure(watch: [], sinks: ["ops": ["type": "webhook", "url": "https://\(registry.authority)/"]])
    try make(.init("nobody", "sinks test ops", 69, "check that it is up and reachable"))
  }
}
