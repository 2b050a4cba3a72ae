import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// Tags that move, and a daemon on a disk with faults that records and tells it.
final class FaultScene {
  let scene: Scene
  /// Per tag, the digests it was moved to, in order.
  private(set) var moves: [[String]]
  private let registry: FakeRegistry
  private var hit: String { scene.directory + "/hit" }
  private var isOn: String { scene.directory + "/on" }

  init(tags: Int) throws {
    let registry = try FakeRegistry()
    self.registry = registry
    moves = Array(repeating: [], count: tags)
    scene = try Scene(watch: (0..<tags).map { "\(registry.authority)/app\($0):stable" })
    moveTags()
  }

  deinit { registry.stop() }

  /// Of the moves so far, one each; a first state is an event as well.
  var expectedEvents: Int { moves.reduce(0) { $0 + $1.count } }

  /// Points every tag to an image it never had.
  func moveTags() {
    for tag in moves.indices {
      let image = FakeRegistryImage("\(tag) \(moves[tag].count)")
      moves[tag].append(registry.put(image, in: "app\(tag)", tag: "stable").description)
    }
  }

  /// Lets the next start poll every tag at once. The daemon must not be running.
  func makeTagsDue() throws {
    try scene.change("UPDATE tag SET next_check_ms = 0")
  }

  // MARK: The daemon

  /// Starts it with nothing in its log; a fault waits until it is turned on.
  func start(_ fault: Fault? = nil, environment: [String: String] = [:]) throws -> Child {
    for path in [scene.stderr, hit] { unlink(path) }
    let faults = try fault?.environment(isOn: isOn, hit: hit) ?? [:]
    return try scene.daemon(environment: faults.merging(environment) { $1 })
  }

  func turnFaultOn() { close(open(isOn, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)) }
  func turnFaultOff() { unlink(isOn) }

  var wasHit: Bool { access(hit, F_OK) == 0 }
  var log: String { WatcherBinary.text(scene.stderr) }

  /// Whether it has started and a line is there for every event. Before it has, SIGTERM would kill it.
  var isTold: Bool {
    log.contains("msg=started") && Set(scene.eventLines().filter { $0.hasSuffix("}") }).count >= expectedEvents
  }

  /// Whether, besides, every sink has what is meant for it.
  var isDelivered: Bool {
    get throws { try isTold && scene.sql("SELECT count(*) FROM delivery WHERE state = 'waiting'") == ["0"] }
  }

  /// A run on a sound disk, until everything is recorded and told.
  func finishSoundly() throws {
    turnFaultOff()
    let daemon = try start()
    _ = try eventually { try isDelivered || !daemon.isRunning }
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0, "\(log)")
  }

  // MARK: What must hold

  /// At any time: the database is sound, and no line is written that is not in it.
  func judgeSoundness(_ fault: Fault) throws {
    let bodies = try recordedBodies()
    let lines = scene.eventLines()
    if access(scene.database, F_OK) == 0 {
      #expect(try scene.sql("PRAGMA integrity_check") == ["ok"], "\(fault)")
      #expect(try scene.sql("PRAGMA foreign_key_check") == [], "\(fault)")
    }
    for line in lines where !bodies.contains(line) {
      #expect(bodies.contains { $0.hasPrefix(line) }, "\(fault): not of the database: \(line)")
    }
  }

  /// In the end: besides, every move is recorded once and in order, and every event is told.
  func judgeCompleteness(_ fault: Fault) throws {
    try judgeSoundness(fault)
    for tag in moves.indices {
      let recorded = try scene.sql(
        "SELECT s.digest FROM snapshot s JOIN tag t ON t.id = s.tag_id WHERE t.repository = 'app\(tag)' ORDER BY s.id")
      #expect(recorded == moves[tag], "\(fault): every move of app\(tag), once and in order")
    }
    let bodies = try recordedBodies()
    #expect(bodies.count == expectedEvents && Set(bodies).count == bodies.count, "\(fault)")
    let whole = scene.eventLines().filter(Set(bodies).contains)
    #expect(Set(whole) == Set(bodies), "\(fault): every event is told")
    #expect(try scene.sql("SELECT DISTINCT state FROM delivery") == ["delivered"], "\(fault)")
    #expect(WatcherBinary.text(scene.events).hasSuffix("\n"), "\(fault)")
  }

  private func recordedBodies() throws -> [String] {
    guard try scene.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'event'") == ["1"] else { return [] }
    return try scene.bodies()
  }
}
