import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// What a worker does with the time that a receiver asks for; how long that is, `ThrottleRestTests` say.
@Suite(.timeLimit(.minutes(1))) struct DeliveryRestTests {
  private static func items(_ count: Int) -> [OutboxItem] {
    (1...count).map { FakeOutbox.item($0, "event \($0)", tag: TagID(rawValue: Int64($0))) }
  }

  /// Refuses the first item for so long.
  private static func sink(
    refusing asked: Duration, times: Int = 1, seen: Log<EventSequence>, maxInFlight: Int = 1
  ) -> ScriptedSink {
    let left = Mutex(times)
    return ScriptedSink(maxInFlight: maxInFlight) { items in
      seen.append(items[0].sequence)
      let isRefused = left.withLock { left in
        left -= 1
        return left >= 0
      }
      return isRefused ? [.refused(items[0], for: asked)] : items.delivered
    }
  }

  /// With the result, so that another process goes on with it.
  @Test func itIsRecorded() async throws {
    let outbox = FakeOutbox(Self.items(1))
    let worker = DeliveryWorker(sink: Self.sink(refusing: .seconds(3_600), seen: Log()), outbox: outbox)
    try await running(worker) {
      await eventually("it is settled") { await !outbox.settled.isEmpty }
    }
    let rest = try #require(await outbox.recordedRest)
    #expect(rest <= .seconds(3_600) && rest > .seconds(3_500))
  }

  @Test func aWorkerGoesOnWithWhatIsRecorded() async throws {
    let outbox = FakeOutbox(Self.items(2))
    await outbox.record(rest: .seconds(3_600))
    let seen = Log<EventSequence>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .zero, times: 0, seen: seen), outbox: outbox)
    try await running(worker) {
      await eventually("it is known") { await outbox.restCount == 1 }
      for _ in 1...100 {
        worker.wake()
        await Task.yield()
      }
      #expect(seen.all.isEmpty)
      await worker.readAgain(isHurried: true)
      await eventually("all delivered") { await outbox.isEmpty }
    }
  }

  /// Somebody wants attempts now, while the rest that this ends is being recorded.
  @Test func aRestThatIsEndedWhileItIsRecordedIsOver() async throws {
    let outbox = FakeOutbox(Self.items(1))
    let gate = Gate()
    await outbox.holdSettles(until: gate)
    let worker = DeliveryWorker(sink: Self.sink(refusing: .seconds(3_600), seen: Log()), outbox: outbox)
    try await running(worker) {
      await eventually("it is being recorded") { await outbox.settleCount == 1 }
      await worker.readAgain(isHurried: true)
      gate.open()
      await eventually("all delivered") { await outbox.isEmpty }
      await eventually("no rest is on record") { await outbox.recordedRest == .zero }
    }
  }

  /// Somebody wants attempts now, after a rest was read that is over by that.
  @Test func aRestThatIsEndedWhileItIsReadIsOver() async throws {
    let outbox = FakeOutbox(Self.items(1))
    let gate = Gate()
    await outbox.record(rest: .seconds(3_600))
    await outbox.holdRests(until: gate)
    let worker = DeliveryWorker(sink: Self.sink(refusing: .zero, times: 0, seen: Log()), outbox: outbox)
    try await running(worker) {
      await eventually("it is read") { await outbox.restCount == 1 }
      await worker.readAgain(isHurried: true)
      gate.open()
      await eventually("all delivered") { await outbox.isEmpty }
    }
  }

  /// A receiver that was down, and asks for a little time while it starts.
  @Test func whoSaysHowLongIsNotDown() async throws {
    let outbox = FakeOutbox(Self.items(1))
    let seen = Log<EventSequence>()
    let problems = Log<DeliveryProblem>()
    let clock = ManualClock()
    let sink = ScriptedSink(maxInFlight: 1) { items in
      seen.append(items[0].sequence)
      switch seen.all.count {
      case ...10: return [.failed(items[0], error: "down", next: .after(.milliseconds(0)))]
      case ...12: return [.refused(items[0], for: .seconds(5), isTooMany: false)]
      default: return items.delivered
      }
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox, clock: clock.delivery) { problems.append($0) }
    try await running(worker) {
      await eventually("ten attempts") { problems.all.count == 10 }
      clock.pass(.seconds(60))
      await eventually("it asks for time") { await clock.passing { problems.all.count == 11 } }
      clock.pass(.seconds(5))
      await eventually("it asks again") { await clock.passing { problems.all.count == 12 } }
      clock.pass(.seconds(5))
      await eventually("all delivered") { await clock.passing { await outbox.isEmpty } }
    }
    #expect(problems.all.suffix(3).map(\.retryAfter) == [.seconds(60), .seconds(5), .seconds(5)])
  }

  @Test func whatIsRecordedIsAskedForUntilItIsKnown() async throws {
    let outbox = FakeOutbox(Self.items(1))
    await outbox.record(rest: .seconds(3_600))
    await outbox.failRests(2)
    let problems = Log<DeliveryProblem>()
    let seen = Log<EventSequence>()
    let worker = DeliveryWorker(
      sink: Self.sink(refusing: .zero, times: 0, seen: seen), outbox: outbox, retryDelay: { _ in .milliseconds(1) }
    ) { problems.append($0) }
    try await running(worker) {
      await eventually("it was asked for") { await outbox.restCount == 3 }
    }
    #expect(problems.all.count == 2 && seen.all.isEmpty)
  }

  /// The refused one keeps its place within its tag, and lets others go first.
  @Test func othersGoFirstAfterIt() async throws {
    let outbox = FakeOutbox(
      [(1, 1), (2, 1), (3, 2), (4, 3)].map { FakeOutbox.item($0, "", tag: TagID(rawValue: Int64($1))) })
    let seen = Log<EventSequence>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .milliseconds(20), seen: seen), outbox: outbox)
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(seen.all == [1, 3, 4, 1, 2])
  }

  /// It was refused for bad luck, and more wait than are in memory at a time.
  @Test func aLongBacklogDoesNotKeepOutWhatWasRefusedOnce() async throws {
    let outbox = FakeOutbox(Self.items(400))
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 1) { items in
      seen.append(items[0].sequence)
      return seen.all.count == 2 ? [.refused(items[0], for: .milliseconds(1))] : items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    let places = seen.all.indices.filter { seen.all[$0] == 2 }
    #expect(places.count == 2 && places[0] == 1)
    #expect((3...130).contains(places.last ?? 0), "others first, and not all of them: \(places)")
  }

  /// The last attempt of its event is refused: that event is nobody's hindrance any more.
  @Test func whatIsGivenUpDoesNotPutOffTheNextOfItsTag() async throws {
    let outbox = FakeOutbox(
      [(1, 1), (2, 1), (3, 2), (4, 3)].map { FakeOutbox.item($0, "", tag: TagID(rawValue: Int64($1))) })
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 1) { items in
      seen.append(items[0].sequence)
      guard seen.all.count == 1 else { return items.delivered }
      await outbox.giveUp(items[0])
      let refusal = Refusal(isTooMany: true, asked: .milliseconds(1))
      return [.refused(items[0], refusal, error: "429", next: .byHand)]
    }
    try await running(DeliveryWorker(sink: sink, outbox: outbox)) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(seen.all == [1, 2, 3, 4])
  }

  /// More tags whose events are never taken than are in memory at a time.
  @Test func manyThatAreRefusedDoNotKeepOthersOut() async throws {
    let outbox = FakeOutbox(Self.items(150))
    let sink = ScriptedSink(maxInFlight: 4) { items in
      items[0].sequence <= 100 ? [.refused(items[0], for: .milliseconds(1))] : items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    let task = Task { await worker.run() }
    await eventually("all others are delivered") { await outbox.items.count == 100 }
    task.cancel()
    await task.value
    #expect(await outbox.mostInMemory <= 164)
  }

  /// A `check` waits a little for a receiver that takes one after another.
  @Test func aPatientStopWaitsItOut() async throws {
    let outbox = FakeOutbox(Self.items(3))
    let seen = Log<EventSequence>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .milliseconds(50), times: 2, seen: seen), outbox: outbox)
    await worker.stop(drainingFor: .seconds(30), isPatient: true)
    #expect(await outbox.isEmpty)
  }

  @Test(arguments: [(isPatient: false, asked: 5), (true, 3_600)])
  func aStopDoesNotWaitForLonger(isPatient: Bool, asked: Int) async throws {
    let outbox = FakeOutbox(Self.items(3))
    let seen = Log<EventSequence>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .seconds(asked), seen: seen), outbox: outbox)
    let began = ContinuousClock.now
    await worker.stop(drainingFor: .seconds(30), isPatient: isPatient)
    #expect(ContinuousClock.now - began < .seconds(4))
    #expect(await outbox.items.count == 3)
    #expect(await outbox.recordedRest != nil)
  }

  /// A task that sleeps stays in memory until its time has come, also when it is cancelled.
  @Test func aThousandPausesAreOneTimer() async throws {
    let (made, moved) = (Log<Bool>(), Log<Duration>())
    let clock = DeliveryClock(
      now: { .now },
      alarm: { ring in
        made.append(true)
        return CountedAlarm(alarm: SystemAlarm(ring), moved: moved)
      })
    let outbox = FakeOutbox()
    let worker = DeliveryWorker(sink: ScriptedSink { $0.delivered }, outbox: outbox, clock: clock)
    try await running(worker) {
      for number in 1...1_000 {
        worker.wake()
        await eventually("pause \(number)") { await outbox.fetchCount >= number }
      }
      await eventually("the last pause") { moved.all.count >= 1_000 }
      #expect(made.all.count == 1, "and it was moved for each pause")
    }
  }

  @Test func anAlarmThatIsMovedRingsOnce() async throws {
    let rung = Log<ContinuousClock.Instant>()
    let alarm = SystemAlarm { rung.append(.now) }
    for _ in 1...1_000 { alarm.set(in: .seconds(3_600)) }
    alarm.set(in: .milliseconds(1))
    let began = ContinuousClock.now
    alarm.set(in: .milliseconds(40))
    await eventually("it rings") { !rung.all.isEmpty }
    try await Task.sleep(for: .milliseconds(20))
    #expect(rung.all.count == 1 && rung.all[0] - began >= .milliseconds(40))
    alarm.set(in: .zero)
    await eventually("it rings again, at once") { rung.all.count == 2 }
  }
}

private struct CountedAlarm: Alarm {
  let alarm: SystemAlarm
  let moved: Log<Duration>

  func set(in delay: Duration) {
    moved.append(delay)
    alarm.set(in: delay)
  }
}
