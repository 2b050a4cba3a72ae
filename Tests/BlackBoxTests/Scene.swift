import Foundation
import TestSupport
import Testing

/// A directory with a configuration and a database, and the binary that uses them.
final class Scene {
  let directory: String
  let binary: WatcherBinary
  var config: String { directory + "/config.json" }
  var database: String { directory + "/watcher.db" }
  var events: String { directory + "/events.jsonl" }
  var stdout: String { directory + "/stdout" }
  var stderr: String { directory + "/stderr" }

  /// - Parameters:
  ///   - watch: polled every ten seconds; events of every type go to `events` besides stdout's own.
  ///   - sinks: further ones.
  init(watch: [String], interval: String = "10s", sinks: [String: [String: Any]] = [:]) throws {
    directory = FileManager.default.temporaryDirectory.path + "/watcher-scene.\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    binary = WatcherBinary(directory: directory)
    try configure(watch: watch, interval: interval, sinks: sinks)
  }

  /// One that watches one tag, and its registry.
  ///
  /// - Parameter isPushed: whether there is an image behind it, "first".
  static func ofOneTag(
    interval: String = "10s", isPushed: Bool = true
  ) throws -> (registry: FakeRegistry, image: String, scene: Scene) {
    let registry = try FakeRegistry()
    if isPushed { registry.put(FakeRegistryImage("first"), in: "app", tag: "stable") }
    let image = "\(registry.authority)/app:stable"
    return (registry, image, try Scene(watch: [image], interval: interval))
  }

  /// The same, with two events that wait for the sink `all`, whose file cannot be written.
  static func ofTwoWaitingEvents() throws -> (registry: FakeRegistry, image: String, scene: Scene) {
    let (registry, image, scene) = try ofOneTag(interval: "1h")
    try FileManager.default.createDirectory(atPath: scene.events, withIntermediateDirectories: false)
    _ = try scene.run(["check", "--config", scene.config])
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    _ = try scene.run(["check", "--config", scene.config])
    return (registry, image, scene)
  }

  /// A sink that sends to a receiver on loopback, without TLS.
  static func webhook(to url: String, _ settings: [String: Any] = [:]) -> [String: Any] {
    ["type": "webhook", "url": url, "allow_http": true].merging(settings) { $1 }
  }

  /// Writes the configuration anew.
  func configure(watch: [Any], interval: String = "10s", sinks: [String: [String: Any]] = [:]) throws {
    let document: [String: Any] = [
      "database": database, "defaults": ["interval": interval], "watch": watch,
      "sinks": sinks.merging(
        ["out": ["type": "stdout"], "all": ["type": "file", "path": events, "events": ["*"]]]) { $1 },
    ]
    try JSONSerialization.data(withJSONObject: document, options: .sortedKeys).write(to: URL(fileURLWithPath: config))
  }

  /// Has a daemon serve metrics, and pages where that needs no password. Returns the port.
  func listen(host: String = "127.0.0.1", port: Int? = nil) throws -> Int {
    let port = try port ?? freePort()
    try set("http", ["listen": "\(host):\(port)", "pages": host != "0.0.0.0"])
    return port
  }

  /// Adds to the configuration, or replaces what it says.
  func set(_ key: String, _ value: Any) throws {
    var document = try object(WatcherBinary.text(config))
    document[key] = value
    try JSONSerialization.data(withJSONObject: document, options: .sortedKeys).write(to: URL(fileURLWithPath: config))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func run(_ arguments: [String]) throws -> WatcherBinary.Outcome {
    try binary.run(arguments, environment: ["WATCHER_DATABASE": database])
  }

  /// What a command printed as JSON; it must have succeeded.
  func json(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try run(arguments)
    #expect(outcome.status == 0, "\(arguments): \(outcome.stderr)")
    return try object(outcome.stdout)
  }

  func history(_ tag: String, _ options: [String] = []) throws -> [[String: Any]] {
    try json(["history", tag, "--json"] + options)["entries"] as? [[String: Any]] ?? []
  }

  func status(_ tag: String) throws -> [String: Any] {
    (try json(["status", tag, "--json"])["tags"] as? [[String: Any]])?.first ?? [:]
  }

  /// `watcher run` in the background, its output in `stdout` and `stderr`.
  func daemon(environment: [String: String] = [:], blocking: [Int32] = []) throws -> Child {
    try binary.start(
      ["run", "--config", config], environment: environment, stdout: stdout, stderr: stderr, blocking: blocking)
  }

  /// Whether a first state is in the database: before that a query is an error.
  func isBaselineRecorded() -> Bool { (try? sql("SELECT count(*) FROM snapshot")) == ["1"] }

  /// Asks the database itself.
  func sql(_ query: String) throws -> [String] { try sqlite(["-readonly"], query).rows }

  /// Changes the database behind the binary's back.
  func change(_ statements: String) throws {
    let outcome = try sqlite(["-bail"], statements)
    try #require(outcome.status == 0, "\(outcome.complaint)")
  }

  private func sqlite(
    _ options: [String], _ statements: String
  ) throws -> (status: Int32, rows: [String], complaint: String) {
    let output = "\(directory)/rows.\(UUID().uuidString)"
    let complaint = output + ".err"
    defer { for path in [output, complaint] { unlink(path) } }
    let status = try Child(
      "sqlite3", options + ["-cmd", ".timeout 5000", database, statements], stdout: output, stderr: complaint
    ).finish()
    return (
      status, WatcherBinary.text(output).split(separator: "\n").map(String.init), WatcherBinary.text(complaint)
    )
  }

  /// The lines of the file sink that are complete.
  func eventLines() -> [String] {
    let text = WatcherBinary.text(events)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    return text.hasSuffix("\n") ? lines : Array(lines.dropLast())
  }
}

func object(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}
