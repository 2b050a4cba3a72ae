import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A registry that asks to be left alone, as `status` tells of it.
@Suite(.timeLimit(.minutes(2))) struct RegistryRestTests {
  @Test func untilWhenItRestsIsTold() throws {
    let isBusy = Mutex(true)
    let registry = try LoopbackServer { _ in
      isBusy.withLock { $0 } ? ScriptedResponse(429, headers: [("Retry-After", "3600")]) : ScriptedResponse(500)
    }
    defer { registry.stop() }
    let authority = String(registry.origin.dropFirst("http://".count))
    let scene = try Scene(watch: ["\(authority)/app:one", "\(authority)/app:two"])
    let daemon = try scene.daemon()
    let words = "\n\(authority) asked for a rest: none of its tags is checked before "
    #expect(try eventually(within: 40) { try scene.run(["status"]).stdout.contains(words) })
    daemon.signal(SIGKILL)
    #expect(try daemon.finish() == 128 + SIGKILL)
    #expect(try !scene.run(["status"]).stdout.contains(words), "nobody asks it now")

    // Another daemon keeps to what was asked of the one before, until the configuration is read anew.
    isBusy.withLock { $0 = false }
    unlink(scene.stderr)
    let asked = registry.requests.count
    let next = try scene.daemon()
    defer { next.terminate() }
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=started") })
    #expect(try scene.run(["status"]).stdout.contains(words))
    let check = try scene.run(["check", "\(authority)/app:one", "\(authority)/app:other", "--config", scene.config])
    #expect(check.status == 2 && check.stdout.contains("limits requests; none is made before"), "\(check.stdout)")
    #expect(registry.requests.count == asked)
    kill(next.pid, SIGHUP)
    // One of them has met the rest itself.
    for tag in ["one", "two"] {
      #expect(eventually { registry.requests.dropFirst(asked).contains { $0.path.hasSuffix("/\(tag)") } }, "\(tag)")
    }
  }

  /// What was answered before a restart is not asked for again after it.
  @Test func aRestartAsksNothingTwice() throws {
    let registry = try FakeRegistry()
    let image = FakeRegistryImage("first")
    for tag in ["1.0", "1.1", "stable"] { registry.put(image, in: "app", tag: tag) }
    registry.put(image, in: "other", tag: "new")
    let scene = try Scene(watch: [])
    let repository = ["repository": "\(registry.authority)/app", "include_tags": ["^1"]] as [String: Any]
    let watch: [Any] = ["\(registry.authority)/app:stable", repository]
    func recorded(_ count: Int) -> Bool { (try? scene.sql("SELECT count(*) FROM snapshot")) == ["\(count)"] }
    try scene.configure(watch: watch, interval: "1h")
    let first = try scene.daemon()
    #expect(eventually { recorded(3) })
    first.signal(SIGKILL)
    #expect(try first.finish() == 128 + SIGKILL)
    let asked = registry.log.count
    // A tag that nobody has asked for: once it is recorded, all else that is due has begun as well.
    try scene.configure(watch: watch + ["\(registry.authority)/other:new"], interval: "1h")
    let next = try scene.daemon()
    defer { next.terminate() }
    #expect(eventually { recorded(4) })
    let after = registry.log.dropFirst(asked)
    #expect(after.allSatisfy { $0.contains("/other/") }, "\(after)")
  }

  /// The client is another one after it, what became of a log-in is not forgotten.
  @Test func aReloadDoesNotSendAWrongPasswordAgain() throws {
    let registry = try LoopbackServer { _ in
      ScriptedResponse(401, headers: [("WWW-Authenticate", #"Basic realm="r""#)])
    }
    defer { registry.stop() }
    let authority = String(registry.origin.dropFirst("http://".count))
    let scene = try Scene(watch: ["\(authority)/app:one"], interval: "1h")
    let password = scene.directory + "/password"
    try "wrong".write(toFile: password, atomically: true, encoding: .utf8)
    func setRegistry(_ concurrency: Int) throws {
      try scene.set(
        "registries",
        [authority: ["username": "ann", "password_file": password, "max_concurrency": concurrency] as [String: Any]])
    }
    try setRegistry(1)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    func sent() -> Int { registry.requests.count { $0.header("Authorization") != nil } }
    #expect(eventually { sent() == 1 })
    try setRegistry(2)
    kill(daemon.pid, SIGHUP)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=reloaded") })
    let asked = registry.requests.count
    let check = try scene.run(["check", "\(authority)/app:one", "--config", scene.config])
    #expect(check.status == 2 && check.stdout.contains("bad_credentials"), "\(check)")
    #expect(registry.requests.count > asked && sent() == 1)
  }
}
