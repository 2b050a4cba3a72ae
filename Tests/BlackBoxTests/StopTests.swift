import Foundation
import Glibc
import TestSupport
import Testing

/// A stop wins over whatever the daemon waits for, and a start that is refused leaves nothing behind.
@Suite struct StopTests {
  private let registry: FakeRegistry
  private let scene: Scene

  init() throws { (registry, _, scene) = try Scene.ofOneTag() }

  private var log: String { WatcherBinary.text(scene.stderr) }

  @Test func whileTheConfigurationIsReadAtTheStart() throws {
    defer { registry.stop() }
    unlink(scene.config)
    try #require(mkfifo(scene.config, 0o600) == 0)
    let daemon = try scene.daemon()
    // Somebody reads: nothing could be opened otherwise.
    let writer = try opened(scene.config)
    defer { close(writer) }
    daemon.terminate()
    #expect(try daemon.finish(within: 10) == 0)
  }

  @Test func whileTheDatabaseIsMade() throws {
    defer { registry.stop() }
    let scene = try FaultScene(tags: 1)
    scene.turnFaultOn()
    let port = try scene.scene.listen()
    let daemon = try scene.start(.hang(path: "watcher.db"))
    #expect(eventually { scene.wasHit })
    #expect(try TCPClient.get("/-/healthy", port: port)?.hasPrefix("HTTP/1.1 200 ") == true)
    #expect(try TCPClient.get("/-/ready", port: port)?.hasPrefix("HTTP/1.1 503 ") == true)
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 10) == 0)
    #expect(WatcherBinary.text(scene.scene.stderr).contains(#"msg=stopped note="before it had started""#))
    scene.turnFaultOff()
    let next = try scene.start()
    #expect(eventually { scene.scene.isBaselineRecorded() })
    next.signal(SIGTERM)
    #expect(try next.finish(within: 30) == 0)
  }

  /// On a file system that hangs, say.
  @Test func whileAReloadReads() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    try #require(eventually { scene.isBaselineRecorded() })
    let pipe = scene.directory + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0 && rename(pipe, scene.config) == 0)
    kill(daemon.pid, SIGHUP)
    let writer = try opened(scene.config)
    defer { close(writer) }
    #expect(try scene.run(["health"]).status == 0, "everything else goes on")
    daemon.terminate()
    #expect(try daemon.finish(within: 10) == 0)
    #expect(log.contains("msg=stopped") && !log.contains("msg=reload") && !log.contains("stop_cut_off"))
  }

  /// What the first reload has read may be from before the second signal.
  @Test func aHangUpWhileAReloadReadsMakesAnother() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    try #require(eventually { scene.isBaselineRecorded() })
    let (text, pipe) = (WatcherBinary.text(scene.config), scene.directory + "/pipe")
    try #require(mkfifo(pipe, 0o600) == 0 && rename(pipe, scene.config) == 0)
    kill(daemon.pid, SIGHUP)
    for reloads in 1...2 {
      let writer = try opened(scene.config)
      if reloads == 1 { for _ in 0..<5 { kill(daemon.pid, SIGHUP) } }
      #expect(Glibc.write(writer, text, text.utf8.count) == text.utf8.count)
      close(writer)
      #expect(eventually { log.components(separatedBy: "msg=reloaded").count == reloads + 1 }, "\(log)")
    }
  }

  @Test func whatNeverEndsIsCutOffInTime() throws {
    defer { registry.stop() }
    let scene = try FaultScene(tags: 1)
    let daemon = try scene.start(.hang(path: "watcher.db"))
    #expect(eventually { scene.scene.isBaselineRecorded() })
    scene.turnFaultOn()
    #expect(eventually { scene.wasHit })
    let began = ContinuousClock.now
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 60) == 0)
    #expect(ContinuousClock.now - began < .seconds(16), "a second for a loaded machine")
    #expect(WatcherBinary.text(scene.scene.stderr).contains("msg=stop_cut_off"))
  }

  /// timeout(1) sends its signal to the process and to its group.
  @Test(arguments: [[SIGTERM, SIGTERM], [SIGINT, SIGINT], [SIGTERM, SIGINT]])
  func aSecondSignalAtOnceIsTheSameStop(numbers: [Int32]) throws {
    defer { registry.stop() }
    let (scene, daemon) = try stopping(by: numbers[0])
    daemon.signal(numbers[1])
    scene.turnFaultOff()
    #expect(try daemon.finish(within: 30) == 0)
    let stopped = "msg=stopped signal=\(numbers[0] == SIGTERM ? "SIGTERM" : "SIGINT")\n"
    #expect(scene.log.hasSuffix(stopped) && !scene.log.contains("stop_cut_off"), "\(scene.log)")
  }

  @Test(arguments: [SIGTERM, SIGINT]) func aSecondSignalLaterEndsItAtOnce(number: Int32) throws {
    defer { registry.stop() }
    let (scene, daemon) = try stopping(by: SIGTERM)
    let sent = ContinuousClock.now
    #expect(eventually { ContinuousClock.now - sent > .seconds(1) })
    daemon.signal(number)
    #expect(try daemon.finish(within: 10) == 128 + number)
    #expect(!scene.log.contains("msg=stopped"))
  }

  /// A daemon that has taken a signal and whose stop hangs until the fault is turned off.
  private func stopping(by number: Int32) throws -> (scene: FaultScene, daemon: Child) {
    let scene = try FaultScene(tags: 1)
    let daemon = try scene.start(.hang(path: "watcher.db"))
    #expect(eventually { scene.scene.isBaselineRecorded() })
    scene.turnFaultOn()
    daemon.signal(number)
    // Two of one kind that wait would be one. Source: proc(5), ShdPnd.
    let hasTaken = /ShdPnd:\s*0+\n/
    #expect(eventually { WatcherBinary.text("/proc/\(daemon.pid)/status").contains(hasTaken) })
    return (scene, daemon)
  }

  @Test func aStopBecauseTheStoreFailedIsCutOffAsWell() throws {
    defer { registry.stop() }
    let scene = try FaultScene(tags: 1)
    let daemon = try scene.start(.seize(path: "watcher.db"))
    #expect(eventually { scene.scene.isBaselineRecorded() })
    scene.turnFaultOn()
    #expect(try daemon.finish(within: 60) == 74)
    #expect(eventually { WatcherBinary.text(scene.scene.stderr).contains("msg=stop_cut_off") }, "\(scene.log)")
  }

  /// A port that is taken, a secret that is not there.
  @Test(arguments: ["port", "secret"]) func aStartThatIsRefusedMakesNoDatabase(what: String) throws {
    defer { registry.stop() }
    let other = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { other.stop() }
    if what == "port" {
      _ = try scene.listen(port: other.port)
    } else {
      try scene.configure(
        watch: [], sinks: ["hook": ["type": "webhook", "url": "https://192.0.2.1/", "secret_file": "/nonexistent"]])
    }
    let outcome = try scene.run(["run", "--config", scene.config])
    #expect(outcome.status == (what == "port" ? 73 : 78), "\(outcome.stderr)")
    let reason = what == "port" ? "Address already in use" : "No such file or directory"
    #expect(outcome.stderr.components(separatedBy: reason).count == 2, "it is told once: \(outcome.stderr)")
    let left = try FileManager.default.contentsOfDirectory(atPath: scene.directory)
    #expect(!left.contains { $0.hasPrefix("watcher.db") }, "\(left)")
  }

  /// The writing end of a pipe, once somebody has the other end open.
  private func opened(_ path: String) throws -> Int32 {
    var descriptor: Int32 = -1
    #expect(
      eventually {
        descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        return descriptor >= 0
      }, "nobody reads \(path)")
    return try #require(descriptor >= 0 ? descriptor : nil)
  }
}
