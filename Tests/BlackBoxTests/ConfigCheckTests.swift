import Foundation
import Glibc
import TestSupport
import Testing

/// `config check` says before a start what the start would say, and what it would go on without.
@Suite struct ConfigCheckTests {
  private let scene: Scene

  init() throws { scene = try Scene(watch: ["127.0.0.1:1/app"]) }

  private func check(_ wrapper: [String] = []) throws -> WatcherBinary.Outcome {
    try outcome(of: wrapper + [WatcherBinary.path, "config", "check", "--config", scene.config])
  }

  private func outcome(of line: [String]) throws -> WatcherBinary.Outcome {
    let (out, err) = (scene.directory + "/check.out", scene.directory + "/check.err")
    let status = try Child(
      line[0], Array(line.dropFirst()), environment: ["PATH": "/usr/sbin:/usr/bin:/bin", "HOME": scene.directory],
      stdout: out, stderr: err
    ).finish()
    return WatcherBinary.Outcome(status: status, stdout: WatcherBinary.text(out), stderr: WatcherBinary.text(err))
  }

  @Test func whatAllIsWellWithIsValidAndNothingIsMade() throws {
    let outcome = try check()
    #expect(outcome.status == 0 && outcome.stderr.isEmpty, "\(outcome.stderr)")
    #expect(outcome.stdout == "\(scene.config): valid: 1 tag at 1 registry, 2 sinks\n")
    #expect(access(scene.database, F_OK) != 0 && access(scene.events, F_OK) != 0)
  }

  /// A sink that cannot sign: neither begins with it.
  @Test func whatRunRefusesIsRefused() throws {
    try "not a secret\n".write(toFile: scene.directory + "/secret", atomically: true, encoding: .utf8)
    try scene.configure(
      watch: [],
      sinks: ["ops": ["type": "webhook", "url": "https://127.0.0.1:1/", "secret_file": scene.directory + "/secret"]])
    let outcome = try check()
    #expect(outcome.status == 78 && outcome.stdout.isEmpty)
    #expect(outcome.stderr.contains(/config\.json:1:\d+: error: "secret_file": .* does not begin with whsec_/))
    #expect(outcome.stderr.hasSuffix(": correct what is listed above\n"))
    #expect(outcome.stderr.contains("'watcher run' would refuse the configuration"))
    let run = try scene.run(["run", "--config", scene.config])
    #expect(run.status == 78 && run.stderr.contains("whsec_"))
    #expect(run.stderr.split(separator: "\n").first == outcome.stderr.split(separator: "\n").first)
    #expect(access(scene.database, F_OK) != 0)
  }

  /// One registry without its password, one file without its directory: the rest works, loudly.
  @Test func whatRunGoesOnWithoutIsRefusedAsWell() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    try scene.configure(
      watch: ["\(registry.authority)/app:stable", "127.0.0.1:1/app:stable"],
      sinks: ["late": ["type": "file", "path": scene.directory + "/none/events.jsonl"]])
    var document = try object(WatcherBinary.text(scene.config))
    document["registries"] = ["127.0.0.1:1": ["username": "u", "password_file": scene.directory + "/none"]]
    try JSONSerialization.data(withJSONObject: document, options: .sortedKeys).write(
      to: URL(filePath: scene.config))
    let outcome = try check()
    #expect(outcome.status == 78 && outcome.stdout.isEmpty)
    #expect(outcome.stderr.contains("'watcher run' would start, and not work in part"))
    let told = outcome.stderr.split(separator: "\n").filter { $0.contains(": error: \"") }
    #expect(told.count == 2 && told.contains { $0.contains("\"path\"") }, "\(outcome.stderr)")

    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    let log = WatcherBinary.text(scene.stderr).split(separator: "\n")
    let errors = log.filter { $0.contains("level=error msg=configuration_problem") }
    for line in told {
      #expect(errors.contains { $0.replacing("\\\"", with: "\"").contains(line) }, "\(line) in \(errors)")
    }
  }

  @Test func aPortIsTakenByTheDaemonItselfOrByAnother() throws {
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
    #expect(try check().status == 0, "it is the daemon that listens")
    // Another's port is not to be had by a reload either.
    let taken = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { taken.stop() }
    let sound = WatcherBinary.text(scene.config)
    _ = try scene.listen(port: taken.port)
    let refused = try check()
    #expect(refused.status == 78 && refused.stderr.contains("Address already in use"), "\(refused.stderr)")
    try sound.write(toFile: scene.config, atomically: true, encoding: .utf8)
    #expect(try check().status == 0)
    let other = try Scene(watch: [])
    _ = try other.listen(port: port)
    let outcome = try other.run(["config", "check", "--config", other.config])
    #expect(outcome.status == 78)
    #expect(
      outcome.stderr.contains(
        /"listen": cannot listen \(http.listen 127.0.0.1:\d+: Address already in use\): name a port that is free/))
  }

  /// Root may read what the service may not.
  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func rootChecksAsTheUserOfTheDatabase() throws {
    let secret = scene.directory + "/secret"
    try "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3\n".write(toFile: secret, atomically: true, encoding: .utf8)
    try scene.configure(
      watch: [], sinks: ["ops": ["type": "webhook", "url": "https://127.0.0.1:1/", "secret_file": secret]])
    #expect(chmod(scene.directory, 0o755) == 0 && chmod(scene.config, 0o644) == 0)
    #expect(try check().stdout.hasSuffix(": valid: 0 tags, 3 sinks\n"))
    #expect(chown(scene.directory, 65_534, 65_534) == 0)
    #expect(try check().stdout.hasSuffix(": valid: 0 tags, 3 sinks, checked as user nobody\n"))
    #expect(chmod(secret, 0o600) == 0)
    let outcome = try check()
    #expect(outcome.status == 78 && outcome.stderr.contains("\"secret_file\""), "\(outcome.stderr)")
    #expect(outcome.stderr.contains("Permission denied"))
    #expect(chmod(secret, 0o644) == 0 && chmod(scene.config, 0o600) == 0)
    let unread = try check()
    #expect(unread.status == 78 && unread.stderr.contains("nobody cannot read the configuration"), "\(unread.stderr)")
  }

  /// Of groups it has what that user has, and none of root's: neither the one it runs by nor a further one.
  @Test(
    .enabled(if: geteuid() == 0, "becoming another user needs root"),
    arguments: [(0, false), (4_242, false), (65_534, true)] as [(gid_t, Bool)])
  func rootChecksWithTheGroupsOfThatUser(group: gid_t, isReader: Bool) throws {
    let token = scene.directory + "/token"
    try "hunter2\n".write(toFile: token, atomically: true, encoding: .utf8)
    try scene.configure(watch: ["r.example/a"])
    var document = try object(WatcherBinary.text(scene.config))
    document["registries"] = ["r.example": ["token_file": token]]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: scene.config))
    #expect(chmod(token, 0o640) == 0 && chown(token, 0, group) == 0 && chmod(scene.config, 0o644) == 0)
    #expect(chmod(scene.directory, 0o755) == 0 && chown(scene.directory, 65_534, 65_534) == 0)
    let outcome = try check(["setpriv", "--groups=4242"])
    #expect(outcome.status == (isReader ? 0 : 78), "\(outcome.stderr)")
    #expect(outcome.stderr.contains("Permission denied") == !isReader, "\(outcome.stderr)")
    #expect(outcome.stdout.hasSuffix("checked as user nobody\n") == isReader, "\(outcome.stdout)")
  }

  /// Where the database is the service's, root is told what the sandbox of the service may keep from it.
  @Test(.enabled(if: geteuid() == 0 && Self.canMount, "another /var/lib needs root"))
  func rootIsToldOfTheSandbox() throws {
    let database = "/var/lib/watcher/watcher.db"
    let wrapper = [
      "unshare", "--mount", "sh", "-c",
      "mount -t tmpfs none /var/lib && install -d -o 65534 /var/lib/watcher && exec \"$@\"", "sh",
      "env", "WATCHER_DATABASE=\(database)",
    ]
    try scene.configure(watch: [], sinks: ["here": ["type": "file", "path": "/var/lib/watcher/e.jsonl"]])
    #expect(chmod(scene.directory, 0o777) == 0 && chmod(scene.config, 0o644) == 0)
    let checked = try check(wrapper)
    #expect(checked.status == 0 && checked.stdout.contains(": valid: "), "\(checked.stderr)")
    let told = checked.stderr.split(separator: "\n").filter { $0.contains(": warning: \"path\"") }
    #expect(told.count == 1 && told[0].contains("warning: \"path\": watcher.service "), "\(checked.stderr)")

    let tested = try outcome(of: wrapper + [WatcherBinary.path, "sinks", "test", "--config", scene.config])
    #expect(tested.status == 0)
    let warning = "watcher: warning: this is root, outside of the sandbox of watcher.service"
    #expect(tested.stderr.contains(warning), "\(tested.stderr)")
    #expect(try !scene.run(["sinks", "test", "--config", scene.config]).stderr.contains("sandbox"))
  }

  /// Not every container lets its root do so.
  private static let canMount =
    (try? Child("unshare", ["--mount", "sh", "-c", "mount -t tmpfs none /var/lib"]).finish()) == 0
}
