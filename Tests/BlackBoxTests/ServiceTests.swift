import Foundation
import Glibc
import TestSupport
import Testing

/// `watcher run` as a service of systemd: what it says on the notify socket, and what it does not.
@Suite struct ServiceTests {
  private static let ping = "WATCHDOG=1"

  @Test func itIsReadyOnceAndBeforeTheFirstAnswer() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.setFault { _ in ScriptedResponse(200, behaviour: .hang) }
    let scene = try Scene(watch: ["\(registry.authority)/app:stable"])
    let systemd = try NotifyReceiver(.path(scene.directory + "/notify"))
    let daemon = try scene.daemon(environment: ["NOTIFY_SOCKET": systemd.name])
    #expect(eventually { systemd.has("READY=1") && !registry.requests.isEmpty }, "\(WatcherBinary.text(scene.stderr))")
    #expect(
      systemd.messages.map(\.text) == ["READY=1\nSTATUS=watching 1 tag, 0 failing, 0 deliveries waiting"],
      "no answer has come")
    daemon.signal(SIGTERM)
    #expect(eventually(within: 3) { systemd.has("STOPPING=1") }, "first, and not after the polls have had their time")
    #expect(try daemon.finish(within: 15) == 0)
    #expect(systemd.messages.map { $0.lines[0] } == ["READY=1", "STOPPING=1"])
  }

  @Test func theStatusFollowsTheTags() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.setOutage(503)
    let scene = try Scene(watch: ["\(registry.authority)/app:stable"])
    let systemd = try NotifyReceiver(.path(scene.directory + "/notify"))
    let daemon = try scene.daemon(environment: ["NOTIFY_SOCKET": systemd.name])
    #expect(eventually { systemd.has("STATUS=watching 1 tag, 1 failing, 0 deliveries waiting") }, "\(systemd.lines)")
    #expect(!systemd.has(Self.ping), "no watchdog, no pings")
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0)
  }

  @Test func aHangUpIsAReload() throws {
    let scene = try Scene(watch: [])
    let systemd = try NotifyReceiver(.path(scene.directory + "/notify"))
    let daemon = try scene.daemon(environment: ["NOTIFY_SOCKET": systemd.name])
    #expect(eventually { systemd.has("READY=1") }, "\(WatcherBinary.text(scene.stderr))")
    let before = Self.monotonicMicroseconds()
    daemon.signal(SIGHUP)
    #expect(eventually { systemd.messages.count == 3 })
    let reload = try #require(systemd.messages.dropFirst().first).lines
    let since = try #require(reload.last?.split(separator: "=").last.flatMap { Int64($0) })
    #expect(reload == ["RELOADING=1", "MONOTONIC_USEC=\(since)"])
    #expect(before <= since && since <= Self.monotonicMicroseconds())
    #expect(systemd.messages.last?.text == "READY=1")
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0)
  }

  @Test func pingsComeWhileTheDatabaseAnswersAndOnlyThen() throws {
    let watchdog = Duration.seconds(4)
    let faulty = try FaultScene(tags: 1)
    let systemd = try NotifyReceiver(.abstract("watcher-test.\(UUID().uuidString)"))
    let daemon = try faulty.start(
      .hang(path: "watcher.db"), environment: ["NOTIFY_SOCKET": systemd.name, "WATCHDOG_USEC": "4000000"])
    func pings() -> [ContinuousClock.Instant] { systemd.messages.filter { $0.lines.contains(Self.ping) }.map(\.at) }

    #expect(eventually { pings().count >= 5 }, "\(faulty.log)")
    #expect(zip(pings(), pings().dropFirst()).allSatisfy { $1 - $0 <= watchdog / 2 }, "in every half of its time")

    // A poll comes every ten seconds, and what it found is synced.
    faulty.turnFaultOn()
    #expect(eventually { faulty.wasHit })
    let hung = ContinuousClock.now
    #expect(eventually { pings().last.map { ContinuousClock.now - $0 > watchdog } ?? false }, "systemd would act")
    #expect(try #require(pings().last) - hung < watchdog)
    #expect(daemon.isRunning)

    let before = pings().count
    faulty.turnFaultOff()
    #expect(eventually { pings().count > before + 1 }, "\(faulty.log)")
    #expect(systemd.lines.filter { $0 == "READY=1" }.count == 1)
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0, "\(faulty.log)")
  }

  @Test func aSlowOpeningOfTheDatabaseExtendsTheStartAndNoChildInheritsAnything() throws {
    let faulty = try FaultScene(tags: 1)
    let systemd = try NotifyReceiver(.path(faulty.scene.directory + "/notify"))
    let inherited = faulty.scene.directory + "/child.env"
    faulty.turnFaultOn()
    let daemon = try faulty.start(
      .hang(path: "watcher.db"),
      environment: [
        "NOTIFY_SOCKET": systemd.name, "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1",
        "CREDENTIALS_DIRECTORY": "/nowhere", "FAULT_CHILD": "env >'\(inherited)'",
      ])
    #expect(eventually { systemd.has("EXTEND_TIMEOUT_USEC=30000000") }, "\(faulty.log)")
    #expect(!systemd.has("READY=1"))
    faulty.turnFaultOff()
    #expect(eventually { systemd.has("READY=1") }, "\(faulty.log)")
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0, "\(faulty.log)")
    #expect(!systemd.has(Self.ping), "the watchdog was another process's")
    let names = WatcherBinary.text(inherited).split(separator: "\n").map { $0.prefix { $0 != "=" } }
    #expect(names.contains("FAULT_CHILD"))
    #expect(Set(names).isDisjoint(with: ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY"]))
  }

  private static func monotonicMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
