import Foundation
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Delivery

/// Receivers with limits over HTTP. Longer with `WATCHER_LONG_TESTS=1`; with more tags, other limits and what a receiver
/// may say, `ThrottleTests` simulate them.
@Suite(.timeLimit(.minutes(5))) struct LimitedReceiverTests {
  private static let isLong = ProcessInfo.processInfo.environment["WATCHER_LONG_TESTS"] != nil

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let events: Int
    /// Seconds that the receiver's own limit makes necessary.
    let needs: Double
    let receiver: SimulatedReceiver
    var testDescription: String { name }
  }

  private static let cases =
    isLong
    ? [
      Case(name: "1/s", events: 30, needs: 29, receiver: SimulatedReceiver(.sliding(1, span: 1_000))),
      Case(name: "5 per 2 s", events: 30, needs: 10, receiver: SimulatedReceiver(.sliding(5, span: 2_000))),
      Case(name: "2 per 4 s", events: 30, needs: 56, receiver: SimulatedReceiver(.sliding(2, span: 4_000))),
      Case(
        name: "503 for 30 s", events: 30, needs: 30,
        receiver: SimulatedReceiver(.none, .always(seconds: 5), awayUntil: 30_000)),
      Case(name: "one of thirty is never taken", events: 29, needs: 1, receiver: SimulatedReceiver(poisoned: [7])),
    ]
    : [
      Case(name: "1/s", events: 5, needs: 4, receiver: SimulatedReceiver(.sliding(1, span: 1_000))),
      Case(name: "5 per 2 s", events: 12, needs: 4, receiver: SimulatedReceiver(.sliding(5, span: 2_000))),
      Case(name: "2 per 4 s", events: 4, needs: 4, receiver: SimulatedReceiver(.sliding(2, span: 4_000))),
      Case(
        name: "503 for 3 s", events: 30, needs: 3,
        receiver: SimulatedReceiver(.none, .always(seconds: 1), awayUntil: 3_000)),
      Case(name: "one of thirty is never taken", events: 29, needs: 1, receiver: SimulatedReceiver(poisoned: [7])),
    ]

  /// Side by side, for each takes its time.
  @Test func noMoreTimeThanTheReceiverNeeds() async throws {
    try await withThrowingTaskGroup { group in
      for one in Self.cases { group.addTask { try await Self.run(one) } }
      try await group.waitForAll()
    }
  }

  private static func run(_ one: Case) async throws {
    let began = ContinuousClock.now
    let receiver = Mutex(one.receiver)
    let taken = Log<(sequence: Int, at: Duration)>()
    let server = try LoopbackServer { request in
      let sequence = Int(String(decoding: request.body, as: UTF8.self)) ?? 0
      let at = began.duration(to: .now)
      let refusal = receiver.withLock { $0.answer(tag: Int64(sequence), at: Int(at / .milliseconds(1))) }
      guard let refusal else {
        taken.append((sequence, at))
        return ScriptedResponse(204)
      }
      let headers = refusal.asked.map { [("Retry-After", String($0.components.seconds))] } ?? []
      return ScriptedResponse(refusal.isTooMany ? 429 : 503, headers: headers)
    }
    let client = HTTPClient()
    defer {
      client.shutdown()
      server.stop()
    }
    var target = WebhookTarget(url: server.origin)
    target.allowHTTP = true
    let sink = WebhookSink(name: "ops", target: target) { request throws(TransportError) in
      try await client.send(request)
    }
    let count = one.events + one.receiver.poisoned.count
    let outbox = FakeOutbox((1...count).map { FakeOutbox.item($0, "\($0)", tag: Int64($0)) })
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    let task = Task { await worker.run() }
    let deadline = ContinuousClock.now + .seconds(one.needs * 2 + 20)
    while taken.all.count < one.events, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await task.value
    let last = (taken.all.map(\.at).max() ?? .zero) / .seconds(1)
    print("\(one.name): \(taken.all.count) events in \(last) s, \(server.requests.count) requests")
    #expect(
      Set(taken.all.map(\.sequence)).count == one.events && taken.all.count == one.events, "\(one.name): each once")
    // A loaded machine takes its time beside.
    #expect(last <= one.needs * 1.2 + (isLong ? 0 : 0.5), "\(one.name): \(last) s")
  }
}
