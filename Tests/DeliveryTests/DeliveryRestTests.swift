import Synchronization
import Testing

@testable import Delivery

/// What a worker does with the time that a receiver asks for; how long that is, `ThrottleRestTests` say.
@Suite(.timeLimit(.minutes(1))) struct DeliveryRestTests {
  private static func items(_ count: Int) -> [OutboxItem] {
    (1...count).map { FakeOutbox.item($0, "event \($0)", tag: Int64($0)) }
  }

  /// Refuses the first item for so long.
  private static func sink(
    refusing asked: Duration, times: Int = 1, seen: Log<Int64>, maxInFlight: Int = 1
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
    let seen = Log<Int64>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .zero, times: 0, seen: seen), outbox: outbox)
    try await running(worker) {
      for _ in 1...100 {
        worker.wake()
        await Task.yield()
      }
      #expect(seen.all.isEmpty)
      await worker.readAgain(isHurried: true)
      await eventually("all delivered") { await outbox.isEmpty }
    }
  }

  @Test func whatIsRecordedIsAskedForUntilItIsKnown() async throws {
    let outbox = FakeOutbox(Self.items(1))
    await outbox.record(rest: .seconds(3_600))
    await outbox.failRests(2)
    let problems = Log<DeliveryProblem>()
    let seen = Log<Int64>()
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
    let outbox = FakeOutbox([(1, 1), (2, 1), (3, 2), (4, 3)].map { FakeOutbox.item($0, "", tag: Int64($1)) })
    let seen = Log<Int64>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .milliseconds(20), seen: seen), outbox: outbox)
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(seen.all == [1, 3, 4, 1, 2])
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
    let seen = Log<Int64>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .milliseconds(50), times: 2, seen: seen), outbox: outbox)
    await worker.stop(drainingFor: .seconds(30), isPatient: true)
    #expect(await outbox.isEmpty)
  }

  @Test(arguments: [(isPatient: false, asked: 5), (true, 3_600)])
  func aStopDoesNotWaitForLonger(isPatient: Bool, asked: Int) async throws {
    let outbox = FakeOutbox(Self.items(3))
    let seen = Log<Int64>()
    let worker = DeliveryWorker(sink: Self.sink(refusing: .seconds(asked), seen: seen), outbox: outbox)
    let began = ContinuousClock.now
    await worker.stop(drainingFor: .seconds(30), isPatient: isPatient)
    #expect(ContinuousClock.now - began < .seconds(4))
    #expect(await outbox.items.count == 3)
    #expect(await outbox.recordedRest != nil)
  }

  /// A task that sleeps stays in memory until its time has come, also when it is cancelled.
  @Test func aThousandPausesAreOneTimer() async throws {
    let made = Log<Bool>()
    let clock = DeliveryClock(
      now: { .now },
      alarm: { ring in
        made.append(true)
        return SystemAlarm(ring)
      })
    let outbox = FakeOutbox()
    let worker = DeliveryWorker(sink: ScriptedSink { $0.delivered }, outbox: outbox, clock: clock)
    try await running(worker) {
      for number in 1...1_000 {
        worker.wake()
        await eventually("pause \(number)") { await outbox.fetchCount >= number }
      }
      #expect(made.all.count == 1)
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
