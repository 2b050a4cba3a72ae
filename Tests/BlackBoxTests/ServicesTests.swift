import Foundation
import Synchronization
import TestSupport
import Testing

/// A daemon that tells each service that there is a format for, over libcurl and in real time.
@Suite(.timeLimit(.minutes(3))) struct ServicesTests {
  private static let tags = 8

  /// Slack and Google Chat take one in a second, Matrix has ten in reserve and five seconds for each one more.
  @Test func eachHasAllThatMovesOnceAndNoneIsSentTooMuch() throws {
    let registry = try FakeRegistry()
    let images = (0..<Self.tags).map { "\(registry.authority)/app:t\($0)" }
    for number in 0..<Self.tags { registry.put(FakeRegistryImage("first"), in: "app", tag: "t\(number)") }
    let scene = try Scene(watch: images)
    let services = try ServiceStub.all.map(RunningService.init)
    defer {
      registry.stop()
      for service in services { service.server.stop() }
    }
    let sinks = try services.map { ($0.stub.format, try $0.sink(in: scene.directory)) }
    try scene.configure(watch: images, sinks: Dictionary(uniqueKeysWithValues: sinks))
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    for number in 0..<Self.tags { registry.put(FakeRegistryImage("second"), in: "app", tag: "t\(number)") }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(
      eventually(within: 90) { services.allSatisfy { $0.stub.taken.count >= Self.tags } },
      "\(services.map { "\($0.stub.format): \($0.stub.taken.count)" }) \(WatcherBinary.text(scene.stderr).suffix(999))"
    )
    for stub in services.map(\.stub) {
      #expect(stub.misdeeds.isEmpty, "\(stub.format): \(stub.misdeeds.prefix(3))")
      #expect(
        Set(stub.taken.map(\.id)).count == Self.tags && stub.taken.count == Self.tags, "\(stub.format): each once")
      for image in images {
        #expect(
          stub.taken.count { ($0.text + " ").contains(image + " has a new image") } == 1, "\(stub.format): \(image)")
      }
    }
    #expect(
      try eventually {
        try scene.sql("SELECT DISTINCT state FROM delivery WHERE sink NOT IN ('out', 'all')") == ["delivered"]
      })
  }
}

/// A stub that listens.
private final class RunningService: Sendable {
  let server: LoopbackServer
  private let service: Service

  private final class Service: Sendable {
    let stub: Mutex<ServiceStub>
    init(_ stub: ServiceStub) { self.stub = Mutex(stub) }
  }

  var stub: ServiceStub { service.stub.withLock(\.self) }

  init(_ stub: ServiceStub) throws {
    let service = Service(stub)
    let start = ContinuousClock.now
    service.stub.withLock { $0.longestWay = 1_000 }
    self.service = service
    server = try LoopbackServer { request in
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      let now = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
      return service.stub.withLock { $0.answer(request, at: now) }
    }
  }

  func sink(in directory: String) throws -> [String: Any] {
    let stub = stub
    func file(_ name: String, _ text: String) throws -> String {
      let path = "\(directory)/\(stub.format).\(name)"
      try (text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    var settings: [String: Any] = ["format": stub.format]
    if !stub.parameters.isEmpty { settings["parameters"] = stub.parameters }
    if let token = stub.token { settings["token_file"] = try file("token", token) }
    if !stub.headers.isEmpty {
      settings["header_files"] = try Dictionary(
        uniqueKeysWithValues: stub.headers.map { ($0.key, try file($0.key, $0.value)) })
    }
    return Scene.webhook(to: server.origin + stub.path, settings)
  }
}
