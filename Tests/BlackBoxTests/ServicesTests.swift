import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// The real binary and each service that there is a format for, as its documentation has it, over HTTP and at the
/// service's own pace. A thousand events of each are simulated by `ServiceStubTests`: at these paces they take hours.
@Suite(.timeLimit(.minutes(5))) struct ServicesTests {
  /// A stub behind a port.
  private final class Service: Sendable {
    private let began = ContinuousClock.now
    private let state: Mutex<ServiceStub>
    private let port = Mutex<LoopbackServer?>(nil)

    init(_ stub: ServiceStub) throws {
      var stub = stub
      // A machine may be busy.
      stub.longestWay = 500
      state = Mutex(stub)
      let server = try LoopbackServer { [weak self] in self?.answer($0) ?? ScriptedResponse(500) }
      port.withLock { $0 = server }
    }

    var stub: ServiceStub { state.withLock(\.self) }
    var origin: String { port.withLock { $0?.origin ?? "" } }
    func stop() { port.withLock { $0 }?.stop() }

    private func answer(_ request: ReceivedRequest) -> ScriptedResponse {
      let answer = state.withLock { stub in
        let now = Int(began.duration(to: .now) / .milliseconds(1))
        stub.began(at: now)
        return stub.answer(request, at: now)
      }
      // Long enough for others to come meanwhile.
      usleep(20_000)
      state.withLock { $0.ended() }
      return answer
    }
  }

  /// Somebody else uses half of these, which therefore refuse.
  private static let busy = ["slack", "discord", "teams"]
  private let registry: FakeRegistry
  private let services: [Service]
  private let scene: Scene

  init() throws {
    registry = try FakeRegistry()
    services = try ServiceStub.all.map { stub in
      try Service(Self.busy.contains(stub.format) ? stub.shared : stub)
    }
    scene = try Scene(watch: [])
  }

  private func stop() {
    registry.stop()
    for service in services { service.stop() }
  }

  private func push(_ image: String, _ tags: [String]) {
    for tag in tags { registry.put(FakeRegistryImage(image), in: tag, tag: "stable") }
  }

  private func configure(_ tags: [String], _ settings: [String: Any] = [:]) throws {
    var sinks: [String: [String: Any]] = [:]
    for service in services {
      let stub = service.stub
      func file(_ name: String, _ text: String) throws -> String {
        let path = "\(scene.directory)/\(stub.format).\(name)"
        try (text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
      }
      var sink = Scene.webhook(to: service.origin + stub.path, ["format": stub.format].merging(settings) { $1 })
      if let token = stub.token { sink["token_file"] = try file("token", token) }
      if !stub.headers.isEmpty {
        sink["header_files"] = Dictionary(
          uniqueKeysWithValues: try stub.headers.map { ($0.key, try file($0.key, $0.value)) })
      }
      if !stub.parameters.isEmpty { sink["parameters"] = stub.parameters }
      sinks[stub.format] = sink
    }
    try scene.configure(watch: tags.map { "\(registry.authority)/\($0):stable" }, interval: "1h", sinks: sinks)
  }

  private func events(_ type: String) throws -> [[String: Any]] {
    try scene.run(["events", "--type", type, "--json", "--limit", "10000", "--config", scene.config]).stdout
      .split(separator: "\n").map { try object(String($0)) }
  }

  /// Every tag moves, and once more while the first messages are under way.
  @Test func eachServiceHasEachMessageOnceAndInOrder() throws {
    defer { stop() }
    let tags = (0..<5).map { "app\($0)" }
    push("first", tags)
    try configure(tags)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    try #require(eventually { (try? scene.run(["health"]).status) == 0 })
    for image in ["second", "third"] {
      push(image, tags)
      #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    }
    let recorded = try events("image.changed")
    #expect(recorded.count == 10)
    let isComplete = eventually(within: 60) {
      services.allSatisfy { $0.stub.taken.count >= recorded.count }
    }
    #expect(isComplete, "\(WatcherBinary.text(scene.stderr).suffix(2_000))")
    for service in services {
      let stub = service.stub
      print(
        "\(stub.format): \(stub.taken.map(\.at).max() ?? 0) ms, \(stub.requests) requests, \(stub.refusals) refused")
      #expect(stub.misdeeds.isEmpty, "\(stub.format): \(stub.misdeeds)")
      #expect(stub.refusals > 0 || !Self.busy.contains(stub.format), "\(stub.format)")
      #expect(stub.taken.count == recorded.count, "\(stub.format): each once")
      for tag in tags {
        let ofTag = recorded.filter { ($0["data"] as? [String: Any])?["repository"] as? String == tag }
        let told = stub.taken.filter { $0.text.contains("\(registry.authority)/\(tag):stable") }.map(\.id)
        #expect(told == ofTag.compactMap { $0["id"] as? String }, "\(stub.format), \(tag)")
      }
    }
  }

  /// A base image moves and a thousand tags with it: of a sink with `group` they are one message, or a few where one
  /// would be too large, which say how many they are.
  @Test func aThousandTagsAtOnceAreAFewMessages() throws {
    defer { stop() }
    let tags = (0..<1_000).map { "app\($0)" }
    push("first", tags)
    try configure(tags, ["group": "5s"])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    try #require(eventually { (try? scene.run(["health"]).status) == 0 })
    push("second", tags)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    var groups: [[String: Any]] = []
    let isComplete = try eventually(within: 60) {
      groups = try events("watcher.changes")
      let told = groups.map { ($0["data"] as? [String: Any])?["events"] as? [[String: Any]] ?? [] }
      return told.map(\.count).reduce(0, +) >= services.count * tags.count
        && services.map { $0.stub.taken.count }.reduce(0, +) >= groups.count
    }
    #expect(isComplete, "\(groups.count) groups, \(services.map { $0.stub.taken.count }) messages")
    let taken = services.flatMap { $0.stub.taken.map(\.id) }
    #expect(taken.sorted() == groups.compactMap { $0["id"] as? String }.sorted(), "each group once")
    for service in services {
      let stub = service.stub
      print("\(stub.format): \(stub.taken.count) messages, \(stub.requests) requests, \(stub.refusals) refused")
      #expect(stub.misdeeds.isEmpty, "\(stub.format): \(stub.misdeeds)")
    }
  }
}
