import Delivery
import Foundation
import History
import Host
import ImageModel
import Messages
import Polling
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Service

/// A thousand events at once, for each service that there is a format for, as its documentation has it. Worker, sink,
/// schedule and database are the daemon's own; time is simulated, and libcurl is not there: with it, and fewer events,
/// `ServicesTests` of BlackBoxTests are.
@Suite(.timeLimit(.minutes(5))) struct ServiceStubTests {
  private static let tags = 50
  /// Of a request or an answer, in milliseconds.
  private static let way = 20

  @Test func noFormatIsForgotten() {
    #expect(ServiceStub.all.map(\.format) == MessageFormat.all.map(\.name))
  }

  /// What is shown is worth as much as the stubs notice: who is a stranger, and who goes on though he was refused.
  @Test(arguments: ServiceStub.all.map(\.format)) func aStubNoticesWhatIsWrong(name: String) async throws {
    let stub = try #require(ServiceStub.all.first { $0.format == name })
    let directory = try TemporaryDirectory()
    let tag = TagReference(domain: "r.example", path: "app", tag: "t0")
    let document = try Self.event(0, of: tag, at: .now()).document(source: "urn:uuid:0", sequence: 1)
    let item = OutboxItem(sequence: 1, eventID: "0", tag: 1, body: document, attempts: 0)
    let service = Mutex(stub)
    let now = Mutex(0)
    func post(_ target: WebhookTarget) async {
      let sink = WebhookSink(name: "hook", target: target) { request throws(TransportError) in
        HTTPResponse(to: request, service.withLock { $0.answer(ReceivedRequest(request), at: now.withLock(\.self)) })
      }
      _ = await sink.write([item])
    }
    let friend = try Self.target(stub, directory)
    for _ in 0..<120 where service.withLock({ $0.refusals == 0 }) { await post(friend) }
    #expect(service.withLock(\.misdeeds).isEmpty)
    if service.withLock({ $0.refusals > 0 }) {
      now.withLock { $0 = stub.longestWay + 1 }
      await post(friend)
      #expect(service.withLock { $0.misdeeds.count == 1 && $0.refusals == 2 })
    }
    service.withLock { $0 = stub }
    var stranger = stub
    if stub.token == nil, stub.headers.isEmpty { stranger.path += "x" }
    stranger.token = stub.token.map { $0 + "x" }
    stranger.headers = stub.headers.mapValues { $0 + "x" }
    await post(try Self.target(stranger, directory))
    #expect(service.withLock { $0.misdeeds.count == 1 && $0.taken.isEmpty })
  }

  /// Nobody else uses it: all arrive in the time that its rate makes necessary, and a fifth and half a minute more. Where
  /// what it documents is all of its limits, nothing is refused.
  @Test(arguments: ServiceStub.all.map(\.format)) func aThousandArriveInTheTimeThatTheyNeed(name: String) async throws {
    let stub = try #require(ServiceStub.all.first { $0.format == name })
    let (end, took) = try await deliver(1_000, to: stub, within: 2 * 3_600_000)
    #expect(took <= stub.needs(1_000) * 6 / 5 + 30_000, "\(took) ms")
    if MessageFormat.named(name)?.paces.count == stub.limits.count { #expect(end.refusals == 0) }
  }

  /// Of one that somebody else uses as well: it refuses, in its own words, and is left alone then.
  @Test(arguments: ServiceStub.all.filter { $0.limits.count > 0 && $0.saysHowLong }.map(\.format))
  func theyArriveThoughSomebodyElseUsesHalfOfIt(name: String) async throws {
    let stub = try #require(ServiceStub.all.first { $0.format == name }).shared
    let (_, took) = try await deliver(150, to: stub, within: 24 * 3_600_000)
    #expect(took <= stub.needs(150) * 4 + 30_000, "\(took) ms")
  }

  /// Where it does not say how long, each refusal is an attempt, and some events wait for their next one for hours:
  /// what is shown is that all arrive, and that there is a second's peace after each refusal.
  @Test(arguments: ServiceStub.all.filter { $0.limits.count > 0 && !$0.saysHowLong }.map(\.format))
  func theyArriveAtLastWhereNobodySaysHowLong(name: String) async throws {
    let stub = try #require(ServiceStub.all.first { $0.format == name }).shared
    _ = try await deliver(150, to: stub, within: 24 * 3_600_000)
  }

  private func expect(_ events: Int, at stub: ServiceStub) {
    #expect(stub.misdeeds.isEmpty, "\(stub.misdeeds.prefix(3))")
    #expect(stub.taken.count == events && Set(stub.taken.map(\.id)).count == events, "each once")
    var last: [Int: Int] = [:]
    for (id, text, _) in stub.taken {
      let number = Int(id) ?? -1
      let tag = number % Self.tags
      #expect(text.contains("r.example/app:t\(tag) has"), "\(id): \(text)")
      #expect(last[tag, default: -1] < number, "in order of tag \(tag)")
      last[tag] = number
    }
  }

  /// - Returns: the service as it is then, and the milliseconds that it took.
  private func deliver(_ events: Int, to stub: ServiceStub, within: Int) async throws -> (ServiceStub, took: Int) {
    let directory = try TemporaryDirectory()
    let writer = try HistoryWriter.open(directory.path + "/watcher.db")
    defer { writer.close() }
    let time = SimulatedTime()
    try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "hook", type: "webhook", fingerprint: "1")])
      let tags = (0..<Self.tags).map { TagReference(domain: "r.example", path: "app", tag: "t\($0)") }
      let records = try tags.map { try store.ensureTag($0, selection: .all) }
      for number in 0..<events {
        let tag = number % Self.tags
        _ = try store.appendEvent(
          try Self.event(number, of: tags[tag], at: time.moment.wall), tag: records[tag].id, snapshot: nil,
          sinks: ["hook"])
      }
    }
    let service = Mutex(stub)
    let sink = WebhookSink(name: "hook", target: try Self.target(stub, directory), now: { time.moment.wall }) {
      request throws(TransportError) in
      let received = ReceivedRequest(request)
      await time.sleep(Self.way)
      let answer = service.withLock { service in
        service.began(at: time.now)
        return service.answer(received, at: time.now)
      }
      await time.sleep(Self.way)
      service.withLock { $0.ended() }
      return HTTPResponse(to: request, answer)
    }
    let outbox = OutboxAdapter(
      writer: writer, grouped: [], fingerprints: ["hook": "1"], clock: { time.moment }
    ) { Issue.record("\($0)") }
    let worker = DeliveryWorker(sink: sink, outbox: outbox, clock: time.delivery)
    let task = Task { await worker.run() }
    await time.pass(until: within, with: worker) { service.withLock { $0.taken.count } >= events }
    let took = time.now
    task.cancel()
    time.end()
    await task.value
    let end = service.withLock { $0 }
    print(
      "\(stub.format): \(events) in \(took / 1_000) s (\(stub.needs(events) / 1_000) needed),",
      "\(end.requests) requests, \(end.refusals) refused")
    expect(events, at: end)
    return (end, took)
  }

  private static func target(_ stub: ServiceStub, _ directory: TemporaryDirectory) throws -> WebhookTarget {
    func file(_ name: String, _ text: String) throws -> String {
      try (text + "\n").write(toFile: directory.path + "/" + name, atomically: true, encoding: .utf8)
      return directory.path + "/" + name
    }
    var target = WebhookTarget(
      .url("https://service.example" + stub.path), timeoutSeconds: 10, allowHTTP: false, addresses: .denyLinkLocal,
      maxInFlight: 4)
    target.content = .format(try #require(MessageFormat.named(stub.format)), stub.parameters)
    target.tokenFile = try stub.token.map { try file("token", $0) }
    for (name, value) in stub.headers { target.headerFiles[name] = try file(name, value) }
    return target
  }

  /// One in fifty is as large as there are.
  private static func event(_ number: Int, of tag: TagReference, at time: Timestamp) throws -> ChangeEvent {
    var event = ChangeEvent(id: "\(number)", type: .imageChanged, tag: tag, time: time, notAfter: time)
    let platforms = number % (tags + 1) == 0 ? (0..<60).map { Platform(os: "linux", architecture: "arch\($0)") } : []
    event.changes = try (platforms + [Samples.amd64]).map {
      try Samples.change($0, .content, from: ("a", "0a48188c"), to: ("c", "d389c8c3"))
    }
    return event
  }
}

extension ReceivedRequest {
  /// As it would come over the wire, from a client that says who it is.
  fileprivate init(_ request: HTTPRequest) {
    let url = request.url.dropFirst("https://service.example".count)
    let method = request.method == .put ? "PUT" : "POST"
    let headers = ([("User-Agent", "watcher/1")] + request.headers).map { "\($0): \($1)\r\n" }.joined()
    let head = Array("\(method) \(url.isEmpty ? "/" : url) HTTP/1.1\r\n\(headers)".utf8.dropLast(2))
    guard let received = ReceivedRequest(head: head[...], body: request.body ?? [], connection: 1) else {
      preconditionFailure("\(String(decoding: head, as: UTF8.self)) is no request")
    }
    self = received
  }
}

extension HTTPResponse {
  fileprivate init(to request: HTTPRequest, _ answer: ScriptedResponse) {
    self.init(
      status: answer.status, headers: HTTPHeaders(answer.headers.map { (name: $0.0, value: $0.1) }), body: answer.body,
      url: request.url)
  }
}
