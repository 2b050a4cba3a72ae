import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// One signal to a daemon at a random moment of its first seconds: none is lost, and SIGHUP ends none.
///
/// A daemon whose parent has blocked the signals is sent them from the moment it is executed; one that starts as a
/// shell would start it, from the moment it catches them, which is before any code of a library runs.
@Suite(.timeLimit(.minutes(240))) struct SignalTests {
  /// Daemons per kind of signal; more on demand.
  private static let rounds = ProcessInfo.processInfo.environment["WATCHER_SIGNAL_ROUNDS"].flatMap { Int($0) } ?? 40
  private static let tags = 20
  private static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

  private let registry: FakeRegistry
  private let scene: Scene

  init() throws {
    registry = try FakeRegistry()
    for tag in 0..<Self.tags { registry.put(FakeRegistryImage("\(tag)"), in: "app\(tag)", tag: "stable") }
    scene = try Scene(watch: (0..<Self.tags).map { [registry] in "\(registry.authority)/app\($0):stable" })
  }

  @Test(arguments: [false, true]) func aStopIsNeverLost(isBusy: Bool) throws {
    try eachRound(isBusy: isBusy) { (round: Int, daemon: Child) throws in
      daemon.signal(SIGTERM)
      let status = try daemon.finish(within: 30)
      #expect(status == 0, "round \(round): \(log)")
    }
  }

  @Test(arguments: [false, true]) func aHangUpIsNeverLost(isBusy: Bool) throws {
    try eachRound(isBusy: isBusy) { (round: Int, daemon: Child) throws in
      daemon.signal(SIGHUP)
      let hasReloaded = eventually(within: 30) { !daemon.isRunning || log.contains("msg=reloaded") }
      #expect(hasReloaded && daemon.isRunning, "round \(round): \(log)")
      daemon.signal(SIGTERM)
      #expect(try daemon.finish(within: 30) == 0, "round \(round): \(log)")
      #expect(log.components(separatedBy: "msg=reloaded").count == 2, "once")
    }
  }

  /// With a daemon a round, some time after its start.
  private func eachRound(isBusy: Bool, _ body: (Int, Child) throws -> Void) throws {
    defer { registry.stop() }
    let load = isBusy ? Load() : nil
    defer { load?.end() }
    var random = TestRandom(stream: isBusy ? 1 : 0)
    for round in 0..<Self.rounds {
      let daemon = try start(round)
      Self.wait(atMost: 600, &random)
      try body(round, daemon)
    }
  }

  private var log: String { WatcherBinary.text(scene.stderr) }

  /// Every fourth daemon makes its database; every other one starts with the signals blocked.
  private func start(_ round: Int) throws -> Child {
    unlink(scene.stderr)
    if round % 4 == 0 { for suffix in ["", "-wal", "-shm", ".lock"] { unlink(scene.database + suffix) } }
    let isBlocked = round % 2 == 0
    let daemon = try scene.daemon(blocking: isBlocked ? Self.signals : [])
    let deadline = ContinuousClock.now + .seconds(30)
    while !isBlocked, !Self.isCaught(daemon.pid) {
      try #require(daemon.isRunning && ContinuousClock.now < deadline, "it catches no signals: \(log)")
      usleep(200)
    }
    return daemon
  }

  /// As many short waits as long ones; the moment is meant to be random, nothing is awaited here.
  private static func wait(atMost milliseconds: Double, _ random: inout TestRandom) {
    usleep(UInt32(milliseconds * 1000 * pow(Double.random(in: 0...1, using: &random), 2)))
  }

  /// Whether a process has a handler for SIGHUP. Source: proc(5), SigCgt.
  private static func isCaught(_ pid: pid_t) -> Bool {
    guard let mask = WatcherBinary.text("/proc/\(pid)/status").firstMatch(of: /SigCgt:\s*([0-9a-f]+)/)?.1 else {
      return false
    }
    return (UInt64(mask, radix: 16) ?? 0) & (1 << UInt64(SIGHUP - 1)) != 0
  }

  /// Keeps every core busy.
  private final class Load: Sendable {
    private let isOver = Atomic(false)

    init() {
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
        let thread = Thread { [weak self] in while self?.isOver.load(ordering: .relaxed) == false {} }
        thread.start()
      }
    }

    func end() { isOver.store(true, ordering: .relaxed) }
  }
}
