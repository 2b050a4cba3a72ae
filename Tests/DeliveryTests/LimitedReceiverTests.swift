import Foundation
import ImageModel
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Delivery

/// Receivers with limits over HTTP. Longer with `WATCHER_LONG_TESTS=1`; with more tags, other limits and the steps
/// between attempts that a refusal without a time has, `ThrottleTests` simulate them.
@Suite(.timeLimit(.minutes(5))) struct LimitedReceiverTests {
  private static let isLong = ProcessInfo.processInfo.environment["WATCHER_LONG_TESTS"] != nil

  /// How the receiver writes a number of seconds.
  enum Spelling: Sendable {
    case seconds, date
    /// In turn, what says nothing.
    case absurd

    private static let nonsense = [
      "0", "-5", "soon", "", "1.5", "1e3", "Thu, 01 Jan 1970 00:00:01 GMT", "Sun, 99 Foo 2099 99:99:99 GMT",
    ]

    /// - Parameter number: how many refusals there have been.
    func header(_ asked: Duration?, _ number: Int) -> [(String, String)] {
      guard let seconds = asked.map({ Double($0.components.seconds) }) else { return [] }
      let value =
        switch self {
        case .seconds: String(Int(seconds))
        case .date: Self.date(Date().timeIntervalSince1970 + seconds)
        case .absurd: Self.nonsense[number % Self.nonsense.count]
        }
      return [("Retry-After", value)]
    }

    /// As servers write it: without what is beyond the second.
    private static func date(_ time: Double) -> String {
      var seconds = time_t(time)
      var parts = tm()
      gmtime_r(&seconds, &parts)
      var text = [CChar](repeating: 0, count: 64)
      strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
      return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Of each tag as many as of any other.
    let tags: Int
    var eventsEach = 1
    /// Seconds that the receiver's own limit makes necessary.
    let needs: Double
    let receiver: SimulatedReceiver
    var spelling = Spelling.seconds
    var inFlight = 4
    var testDescription: String { name }

    /// Those that are ever taken.
    var events: Int { (tags - receiver.poisoned.count) * eventsEach }
  }

  private static let cases =
    isLong
    ? [
      Case(name: "1/s", tags: 30, needs: 29, receiver: SimulatedReceiver(.sliding(1, span: 1_000))),
      Case(
        name: "1/s, three of each tag", tags: 10, eventsEach: 3, needs: 29,
        receiver: SimulatedReceiver(.sliding(1, span: 1_000))),
      Case(name: "5 per 2 s", tags: 30, needs: 10, receiver: SimulatedReceiver(.sliding(5, span: 2_000))),
      Case(
        name: "5 per 2 s, five of each tag", tags: 6, eventsEach: 5, needs: 10,
        receiver: SimulatedReceiver(.sliding(5, span: 2_000))),
      Case(name: "2 per 4 s", tags: 30, needs: 56, receiver: SimulatedReceiver(.sliding(2, span: 4_000))),
      Case(
        name: "2 per 4 s, in dates", tags: 10, eventsEach: 3, needs: 56,
        receiver: SimulatedReceiver(.sliding(2, span: 4_000)), spelling: .date),
      Case(
        name: "1/s, in absurd values", tags: 30, needs: 29, receiver: SimulatedReceiver(.sliding(1, span: 1_000)),
        spelling: .absurd),
      Case(
        name: "1/s, of thirty at once, without a time", tags: 30, needs: 29,
        receiver: SimulatedReceiver(.sliding(1, span: 1_000), .nothing), inFlight: 32),
      Case(
        name: "503 for 30 s", tags: 10, eventsEach: 3, needs: 30,
        receiver: SimulatedReceiver(.none, .always(seconds: 5), awayUntil: 30_000)),
      Case(
        name: "503 for 30 s, in dates", tags: 30, needs: 30,
        receiver: SimulatedReceiver(.none, .always(seconds: 5), awayUntil: 30_000), spelling: .date),
      Case(name: "one of thirty is never taken", tags: 30, needs: 1, receiver: SimulatedReceiver(poisoned: [7])),
    ]
    : [
      Case(name: "1/s", tags: 2, eventsEach: 3, needs: 5, receiver: SimulatedReceiver(.sliding(1, span: 1_000))),
      Case(
        name: "5 per 2 s", tags: 4, eventsEach: 3, needs: 4, receiver: SimulatedReceiver(.sliding(5, span: 2_000))),
      Case(name: "2 per 4 s", tags: 4, needs: 4, receiver: SimulatedReceiver(.sliding(2, span: 4_000))),
      Case(
        name: "1/s, in absurd values", tags: 5, needs: 4, receiver: SimulatedReceiver(.sliding(1, span: 1_000)),
        spelling: .absurd),
      Case(
        name: "2/s, of twelve at once, without a time", tags: 12, needs: 5,
        receiver: SimulatedReceiver(.sliding(2, span: 1_000), .nothing), inFlight: 16),
      Case(
        name: "503 for 3 s", tags: 10, eventsEach: 3, needs: 3,
        receiver: SimulatedReceiver(.none, .always(seconds: 1), awayUntil: 3_000)),
      // A date has no less than seconds.
      Case(
        name: "503 for 3 s, in dates", tags: 10, eventsEach: 3, needs: 4,
        receiver: SimulatedReceiver(.none, awayUntil: 3_000), spelling: .date),
      Case(name: "one of thirty is never taken", tags: 30, needs: 1, receiver: SimulatedReceiver(poisoned: [7])),
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
    let refusals = Atomic(0)
    let taken = Log<(sequence: Int, at: Duration)>()
    let server = try LoopbackServer { request in
      let sequence = Int(String(decoding: request.body, as: UTF8.self)) ?? 0
      let at = began.duration(to: .now)
      let refusal = receiver.withLock { $0.answer(tag: one.tag(sequence), at: Int(at / .milliseconds(1))) }
      guard let refusal else {
        taken.append((sequence, at))
        return ScriptedResponse(204)
      }
      let number = refusals.add(1, ordering: .relaxed).oldValue
      return ScriptedResponse(
        refusal.isTooMany ? 429 : 503, headers: one.spelling.header(refusal.asked, number))
    }
    let client = HTTPClient()
    defer {
      client.shutdown()
      server.stop()
    }
    var target = WebhookTarget(url: server.origin)
    target.allowHTTP = true
    target.maxInFlight = one.inFlight
    let sink = WebhookSink(name: "ops", target: target) { request throws(TransportError) in
      try await client.send(request)
    }
    let outbox = FakeOutbox((1...one.tags * one.eventsEach).map { FakeOutbox.item($0, "\($0)", tag: one.tag($0)) })
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    let task = Task { await worker.run() }
    let deadline = ContinuousClock.now + .seconds(one.needs * 2 + 20)
    while taken.all.count < one.events, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await task.value
    let last = (taken.all.map(\.at).max() ?? .zero) / .seconds(1)
    print("\(one.name): \(taken.all.count) events in \(last) s, \(server.requests.count) requests")
    let sequences = taken.all.map(\.sequence)
    #expect(Set(sequences).count == one.events && sequences.count == one.events, "\(one.name): each once")
    for (tag, ofTag) in Dictionary(grouping: sequences, by: one.tag) {
      #expect(ofTag == ofTag.sorted(), "\(one.name): in order, of tag \(tag)")
    }
    // A loaded machine takes its time beside.
    #expect(last <= one.needs * 1.2 + (isLong ? 0 : 0.5), "\(one.name): \(last) s")
  }
}

extension LimitedReceiverTests.Case {
  fileprivate func tag(_ sequence: Int) -> TagID { TagID(rawValue: Int64((sequence - 1) % tags)) }
}
