import Foundation
import Glibc
import TestSupport
import Testing

/// What is asked in a registry's place, with which certificates and through which proxy, from the configuration on.
@Suite struct WaysOutTests {
  private let scene: Scene

  init() throws { scene = try Scene(watch: []) }

  private func configure(_ members: [String: Any], watch: [String]) throws {
    try scene.configure(watch: watch)
    let document = try object(WatcherBinary.text(scene.config)).merging(members) { $1 }
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
  }

  private func check() throws -> WatcherBinary.Outcome { try scene.run(["check", "--config", scene.config]) }

  private var log: String { WatcherBinary.text(scene.stderr) }

  @Test func theRegistryKeepsItsName() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.put(FakeRegistryImage("first"), in: "library/app", tag: "stable")
    try configure(["registries": ["docker.io": ["endpoint": registry.origin]]], watch: ["app:stable"])
    let outcome = try check()
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(registry.requests.allSatisfy { $0.query("ns") == "docker.io" } && !registry.requests.isEmpty)
    let event = try object(try #require(scene.eventLines().first))
    #expect(event["subject"] as? String == "docker.io/library/app:stable")
    let status = try scene.json(["status", "--json"])
    let known = try #require((status["registries"] as? [[String: Any]])?.first)
    #expect(known["name"] as? String == "docker.io" && known["endpoint"] as? String == registry.origin)
    #expect(Set(known.keys) == ["name", "credentials", "endpoint", "limit", "remaining", "resets"])
    let text = try scene.run(["status"]).stdout
    #expect(text.contains("docker.io is asked at \(registry.origin): what is seen is as fresh as that\n"), "\(text)")
    // Without it, nothing is said of it any more.
    try configure(["registries": ["docker.io": ["endpoint": "http://127.0.0.1:1"]]], watch: [])
    _ = try check()
    #expect(try scene.run(["status", "app:stable"]).stdout.contains("is asked at http://127.0.0.1:1"))
    try configure([:], watch: [])
    _ = try check()
    #expect(try !scene.run(["status", "app:stable"]).stdout.contains("is asked at"))
  }

  private func watchOverTLS(
    _ settings: [String: Any]
  ) throws -> (registry: FakeRegistry, certificates: Certificates, front: TLSFront, image: String) {
    let registry = try FakeRegistry()
    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    let certificates = try Certificates()
    let front = try TLSFront(registry.port, certificates)
    let image = "\(front.authority)/app:stable"
    try configure(
      ["registries": [front.authority: settings.merging(["scheme": "https"]) { $1 }]], watch: [image])
    return (registry, certificates, front, image)
  }

  /// Under a running daemon, a moment later.
  @Test func anAuthorityThatIsReplacedCountsWithoutAReload() throws {
    let used = scene.directory + "/ca.pem"
    let (registry, certificates, front, image) = try watchOverTLS(["ca_file": used])
    defer { registry.stop() }
    let others = try Certificates()
    try FileManager.default.copyItem(atPath: others.caFile, toPath: used)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { log.contains("msg=poll_failed") }, "\(log)")
    #expect(try scene.status(image)["state"] as? String == "failing")
    let pem = try String(contentsOfFile: certificates.caFile, encoding: .utf8)
    try pem.write(toFile: used, atomically: true, encoding: .utf8)
    #expect(try eventually { try check().status == 0 }, "\(log)")
    #expect(try scene.status(image)["state"] as? String == "ok")
    #expect(!log.contains("msg=reloaded"))
    withExtendedLifetime(front) {}
  }

  /// Found where Podman looks for it, in the home of the user.
  @Test func certificatesOfDockerAndPodmanAreUsed() throws {
    let (registry, certificates, front, image) = try watchOverTLS([:])
    defer { registry.stop() }
    let refused = try check()
    #expect(refused.status == 2 && refused.stdout.contains("ca_file"), "\(refused.stdout)")
    let folder = scene.directory + "/.config/containers/certs.d/\(front.authority)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: certificates.caFile, toPath: folder + "/ca.cert")
    let lone = "the certificates in \(folder) cannot be used: ca.key is missing for ca.cert"
    let told = try check()
    #expect(told.status == 2 && told.stdout.contains(lone), "\(told.stdout)")
    let found = try scene.run(["config", "check", scene.config])
    #expect(found.status == 78 && found.stderr.contains("error: \(front.authority): \(lone)"), "\(found.stderr)")
    try FileManager.default.moveItem(atPath: folder + "/ca.cert", toPath: folder + "/ca.crt")
    #expect(try check().status == 0)
    #expect(try scene.status(image)["state"] as? String == "ok")
    #expect(try scene.run(["config", "check", scene.config]).status == 0)
  }

  /// At a start, at each reload, and for whoever looks.
  @Test func whoTakesAnyCertificateIsToldSoEachTime() throws {
    let (registry, _, front, _) = try watchOverTLS(["insecure_skip_verify": true])
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() }, "\(log)")
    let words = "whatever certificate it shows"
    func count() -> Int { log.components(separatedBy: words).count - 1 }
    #expect(count() == 1, "\(log)")
    daemon.signal(SIGHUP)
    #expect(eventually { log.contains("msg=reloaded") && count() == 2 }, "\(log)")
    #expect(
      try scene.run(["status"]).stdout.contains("\(front.authority) is taken by its word: no certificate is verified"))
  }

  /// Its password is in a file, and in nothing that is written; another proxy takes its place with a reload.
  @Test func aProxyWithAPassword() throws {
    let proxies = try (0..<2).map { _ in
      try LoopbackServer { _ in ScriptedResponse(407, headers: [("Proxy-Authenticate", "Basic")]) }
    }
    defer { for proxy in proxies { proxy.stop() } }
    try "c4nary\n".write(toFile: scene.directory + "/password", atomically: true, encoding: .utf8)
    func use(_ proxy: LoopbackServer) throws {
      let settings = ["url": proxy.origin, "username": "ann", "password_file": "password"]
      try configure(
        ["proxy": settings, "registries": ["registry.test": ["scheme": "http"]]], watch: ["registry.test/app:stable"])
    }
    try use(proxies[0])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { !proxies[0].requests.isEmpty }, "\(log)")
    #expect(proxies[0].requests.last?.header("Proxy-Authorization") == "Basic YW5uOmM0bmFyeQ==")
    #expect(proxies[0].requests.last?.target.hasPrefix("http://registry.test/v2/app/manifests/stable") == true)
    try use(proxies[1])
    daemon.signal(SIGHUP)
    #expect(eventually { log.contains("msg=reloaded") }, "\(log)")
    let outcome = try check()
    #expect(outcome.status == 2 && outcome.stdout.contains("proxy.password_file"), "\(outcome.stdout)")
    #expect(!proxies[1].requests.isEmpty)
    for text in [log, outcome.stdout, outcome.stderr, try scene.run(["status"]).stdout] {
      #expect(!text.contains("c4nary"))
    }
    unlink(scene.directory + "/password")
    let found = try scene.run(["config", "check", scene.config])
    #expect(found.status == 78, "\(found.stderr)")
    #expect(found.stderr.contains("\"password_file\": \(scene.directory)/password cannot be used: No such file"))
  }
}
