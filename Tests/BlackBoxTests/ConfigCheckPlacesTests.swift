import Foundation
import Glibc
import TestSupport
import Testing

/// `config check` looks at every file that a start would have to open, and finds what the start would.
@Suite struct ConfigCheckPlacesTests {
  private static let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
  private let scene: Scene

  init() throws { scene = try Scene(watch: []) }

  private func make(_ mistakes: Mistake..., runner: [String] = []) throws {
    for mistake in mistakes { try mistake.make(in: scene, runner: runner) }
  }

  // MARK: The database's own files

  @Test(arguments: ["", "-wal", "-shm", ".lock", "/../config.json", "/../hard", "/../soft/watcher.db"])
  func noSinkWritesWhereTheServiceItselfDoes(suffix: String) throws {
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let name = suffix.hasPrefix("/../") ? String(suffix.dropFirst(4)) : "watcher.db\(suffix)"
    #expect(link(scene.database, scene.directory + "/hard") == 0 && symlink(".", scene.directory + "/soft") == 0)
    let sound = WatcherBinary.text(scene.config)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
    try scene.configure(watch: [], sinks: ["ops": ["type": "file", "path": "\(scene.directory)/\(name)"]])
    let words =
      name == "config.json" ? "DIR/config.json is this configuration" : "DIR/\(name) belongs to the database, and"
    try make(
      .init("checked", "config check", 78, "\"path\": \(words)", "name a file of its own", "would refuse"),
      .init("tried", "sinks test ops", 69, "ops: cannot be used (path: \(words)"))
    daemon.signal(SIGHUP)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=reload_failed") })
    try sound.write(toFile: scene.config, atomically: true, encoding: .utf8)
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    try scene.configure(watch: [], sinks: ["ops": ["type": "file", "path": "\(scene.directory)/\(name)"]])
    try make(.init("begun", "run", 78, "\"path\": \(words)"), .init("once", "check", 78, "\"path\": \(words)"))
  }

  /// Also where none of it is there yet.
  @Test func aDatabaseThatIsStillToComeIsKeptFree() throws {
    try scene.configure(watch: [], sinks: ["ops": ["type": "file", "path": scene.database + "-wal"]])
    try make(.init("before the first start", "run", 78, "DIR/watcher.db-wal belongs to the database"))
    #expect(access(scene.database, F_OK) != 0 && access(scene.database + "-wal", F_OK) != 0)
  }

  @Test func twoSinksOfOneFileAreDoubted() throws {
    try scene.configure(watch: [], sinks: ["more": ["type": "file", "path": scene.events]])
    try make(
      .init("two sinks", "config check", 0, "warning: \"path\": DIR/events.jsonl is the file of the sink all as well"))
  }

  // MARK: The lock and the journal

  @Test(arguments: [("ln -s other", "a symbolic link"), ("mkdir", "a directory")])
  func aLockThatIsNoFile(command: String, what: String) throws {
    #expect(try Child("sh", ["-c", "\(command) \(scene.database).lock"]).finish() == 0)
    try make(
      .init("checked", "config check", 78, "cannot be taken (DIR/watcher.db.lock is \(what)): remove it"),
      .init("begun", "run", 73, "cannot be taken (DIR/watcher.db.lock is \(what)): remove it"))
  }

  /// As after a restore by root.
  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"), arguments: [".lock", "-wal", "-shm"])
  func whatBelongsToRootIsNotTheServices(suffix: String) throws {
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(chmod(scene.config, 0o644) == 0)
    for name in ["", "/watcher.db", "/watcher.db-wal", "/watcher.db-shm", "/watcher.db.lock"] {
      #expect(chown(scene.directory + name, 65_534, 65_534) == 0)
    }
    let file = scene.database + suffix
    #expect(chown(file, 0, 0) == 0 && chmod(file, 0o600) == 0)
    let words = [
      "DIR/watcher.db\(suffix): Permission denied", "'chown --reference=DIR/watcher.db DIR/watcher.db\(suffix)'",
    ]
    try make(.init("checked", "config check", 78, words: words))
    try make(.init("begun", "run", 77, words: words), runner: Self.nobody)
  }

  // MARK: What does not answer

  private static let givesLeases: Bool = {
    let path = FileManager.default.temporaryDirectory.path + "/watcher-lease.\(getpid())"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer {
      close(descriptor)
      unlink(path)
    }
    return lease(descriptor)
  }()

  /// Source: fcntl(2), F_SETLEASE, F_WRLCK.
  private static func lease(_ descriptor: Int32) -> Bool { fcntl(descriptor, 1_024, 1) == 0 }

  /// Opening a leased file waits for whoever has the lease, as a look at a file of a server that is gone waits.
  @Test(.enabled(if: givesLeases, "this file system gives no leases")) func aFileThatHangsHoldsNothingUp() throws {
    let (file, signals) = (scene.directory + "/leased", signal(SIGIO, SIG_IGN))
    defer { signal(SIGIO, signals) }
    let daemon = try scene.daemon()
    defer { daemon.signal(SIGKILL) }
    #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
    try scene.configure(watch: [], sinks: ["far": ["type": "file", "path": file]])
    try scene.put(["leased": ""])
    let descriptor = open(file, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    #expect(Self.lease(descriptor))
    daemon.signal(SIGHUP)
    #expect(
      eventually(within: 20) {
        let log = WatcherBinary.text(scene.stderr)
        return log.contains("leased does not answer within 5 s") && log.contains("msg=reloaded")
      }, "the lease is broken after 45 s")
    try make(.init("checked", "config check", 78, "\"path\": DIR/leased does not answer within 5 s"))
  }
}
