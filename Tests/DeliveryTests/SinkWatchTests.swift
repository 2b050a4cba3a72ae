import Dispatch
import ImageModel
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Delivery

/// How a sink is doing of which no attempt ends, or to which nothing is sent.
@Suite(.timeLimit(.minutes(1))) struct SinkWatchTests {
  /// A sink at which a look finds what a closure says.
  private struct WatchedSink: Sink {
    let name = "watched"
    var find: @Sendable () -> String? = { nil }
    var respond: @Sendable ([OutboxItem]) async -> [DeliveryResult] = { $0.delivered }
    var looks: [SinkLook] { [SinkLook(setting: "path", path: "/watched", reason: find)] }
    func write(_ items: [OutboxItem]) async -> [DeliveryResult] { await respond(items) }
  }

  private let clock = ManualClock()

  private func watch(
    _ sink: WatchedSink, _ outbox: FakeOutbox = FakeOutbox()
  ) -> (worker: DeliveryWorker, watch: SinkWatch) {
    let worker = DeliveryWorker(
      sink: sink, outbox: outbox, retryDelay: { _ in .seconds(3_600) }, clock: clock.delivery)
    return (worker, SinkWatch(sink, worker, clock: clock.delivery))
  }

  @Test func whatDoesNotEndIsAFaultAfterHalfAMinute() async throws {
    let outbox = FakeOutbox(["a"])
    let gate = Gate()
    let (worker, watch) = watch(
      WatchedSink(respond: {
        await gate.pass()
        return $0.delivered
      }), outbox)
    #expect(await watch.look() == .well)
    try await running(worker) {
      await eventually("it is under way") { await worker.busySince != nil }
      #expect(await watch.look() == .busy)
      clock.pass(.seconds(30))
      #expect(await watch.look() == .busy)
      clock.pass(.seconds(1))
      guard case .fault(let reason) = await watch.look() else {
        Issue.record("it is stuck")
        return gate.open()
      }
      #expect(reason.hasPrefix("nothing was taken for more than 30 s; "))
      gate.open()
      await eventually("it is settled") { await outbox.isEmpty }
      #expect(await watch.look() == .well)
    }
  }

  /// Others may arrive meanwhile.
  @Test func theOldestCounts() async throws {
    let gate = Gate()
    let outbox = FakeOutbox((1...3).map { FakeOutbox.item($0, "\($0)", tag: TagID(rawValue: Int64($0))) })
    let sink = ScriptedSink(maxInFlight: 2) { items in
      if items.texts == ["1"] { await gate.pass() }
      return items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox, clock: clock.delivery)
    let watch = SinkWatch(sink, worker, clock: clock.delivery)
    try await running(worker) {
      await eventually("the others have arrived") { await clock.passing { await outbox.items.count == 1 } }
      clock.pass(.seconds(31))
      await outbox.add("4", tag: 4)
      worker.wake()
      await eventually("so has another") { await clock.passing { await outbox.items.map(\.sequence) == [1] } }
      #expect(await watch.look() != .busy)
      gate.open()
    }
  }

  /// Its own time is not up before.
  @Test func aWebhookMayTakeItsTimeout() {
    let client = HTTPClient()
    defer { client.shutdown() }
    var target = WebhookTarget(url: "https://ops.example/")
    target.timeoutSeconds = 300
    let sink = WebhookSink(name: "ops", target: target) { request throws(TransportError) in
      try await client.send(request)
    }
    #expect(sink.patience == .seconds(330))
  }

  @Test func aLookThatDoesNotEndIsAFault() async {
    let looks = Atomic(0)
    let goOn = DispatchSemaphore(value: 0)
    let (_, watch) = watch(
      WatchedSink(find: {
        looks.add(1, ordering: .relaxed)
        if looks.load(ordering: .relaxed) == 1 { goOn.wait() }
        return nil
      }))
    let first = Task { await watch.look() }
    await eventually("it looks") { looks.load(ordering: .relaxed) == 1 }
    let isOver = Atomic(false)
    let over = Task {
      let look = await first.value
      isOver.store(true, ordering: .relaxed)
      return look
    }
    await eventually("it is given up") {
      clock.pass(.seconds(1))
      return isOver.load(ordering: .relaxed)
    }
    guard isOver.load(ordering: .relaxed), case .fault(let reason) = await over.value else {
      Issue.record("it does not answer")
      goOn.signal()
      return
    }
    #expect(reason.hasPrefix("its files do not answer: after 5 s "))
    #expect(await watch.look() == .fault(reason), "at once")
    #expect(looks.load(ordering: .relaxed) == 1, "no second look behind the first")
    goOn.signal()
    await eventually("it answers again") { await watch.look() == .well }
  }

  /// Both are found when it is tried; of the one a look says as well that it is gone.
  @Test(arguments: [true, false]) func whatIsPutRightIsTriedAtOnce(canBeSeen: Bool) async throws {
    let isBroken = Mutex(true)
    let outbox = FakeOutbox(["a"])
    let attempts = Log<Int>()
    let (worker, watch) = watch(
      WatchedSink(
        find: { canBeSeen && isBroken.withLock { $0 } ? "no directory" : nil },
        respond: { items in
          attempts.append(items.count)
          guard isBroken.withLock({ $0 }) else { return items.delivered }
          return [.failed(items[0], error: "no directory", next: .withSink)]
        }), outbox)
    let task = Task { await worker.run() }
    await eventually("it rests") { await outbox.settled.count == 1 }
    #expect(await watch.look() == (canBeSeen ? .fault("no directory") : .well))
    isBroken.withLock { $0 = false }
    #expect(await watch.look() == .well)
    if canBeSeen {
      await eventually("it is tried") { await outbox.isEmpty }
    } else {
      #expect(attempts.all.count == 1)
      clock.pass(.seconds(3_600))
      await eventually("it is tried in its time") { await clock.passing { await outbox.isEmpty } }
    }
    await worker.stop(drainingFor: .zero)
    await task.value
  }
}
