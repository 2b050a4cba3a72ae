import ImageModel
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(1))) struct DeliveryWorkerTests {
  private static let soon: @Sendable (Int) -> Duration = { _ in .milliseconds(1) }

  @Test func everythingInOrderInBoundedBatches() async throws {
    let bodies = (1...200).map { "event \($0)" }
    let outbox = FakeOutbox(bodies)
    let batches = Log<[String]>()
    let sink = ScriptedSink { items in
      batches.append(items.texts)
      return items.delivered
    }
    try await running(DeliveryWorker(sink: sink, outbox: outbox)) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(batches.all.flatMap { $0 } == bodies)
    #expect(batches.all.allSatisfy { $0.count <= 64 })
    #expect(await outbox.fetches.allSatisfy { $0 == 64 })
  }

  /// The sink stops in the middle: what came before is settled, the rest comes again, in order.
  @Test func failureInTheMiddle() async throws {
    let outbox = FakeOutbox(["a", "b", "c", "d"])
    let seen = Log<String>()
    let sink = ScriptedSink { items in
      var results: [DeliveryResult] = []
      for item in items {
        let text = String(decoding: item.body, as: UTF8.self)
        let isFirstTimeOfC = text == "c" && !seen.all.contains("c")
        seen.append(text)
        if isFirstTimeOfC { return results + [.failed(item, error: "full", next: .withSink)] }
        results.append(.delivered(sequence: item.sequence))
      }
      return results
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon) { problems.append($0) }
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(seen.all == ["a", "b", "c", "c", "d"])
    #expect(problems.all.map(\.message) == ["full"])
    #expect(problems.all.map(\.cause) == [.sink])
    #expect(await outbox.settled.first?.count == 3)
  }

  /// Written, but not recorded: that is made up for, and nothing is written twice for it.
  @Test func settleFails() async throws {
    let outbox = FakeOutbox(["a", "b"])
    await outbox.failSettles(2)
    let batches = Log<[String]>()
    let sink = ScriptedSink { items in
      batches.append(items.texts)
      return items.delivered
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon) { problems.append($0) }
    try await running(worker) {
      await eventually("all settled") { await outbox.isEmpty }
    }
    #expect(batches.all == [["a", "b"]])
    #expect(problems.all.map(\.cause) == [.outbox, .outbox])
    #expect(problems.all.map(\.failures) == [1, 2])
  }

  @Test(arguments: [nil, 4]) func fetchFails(maxInFlight: Int?) async throws {
    let outbox = FakeOutbox(["a"])
    await outbox.failFetches(3)
    let problems = Log<DeliveryProblem>()
    let sink = ScriptedSink(maxInFlight: maxInFlight) { $0.delivered }
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon) { problems.append($0) }
    try await running(worker) {
      await eventually("delivered") { await outbox.isEmpty }
    }
    #expect(problems.all.map(\.failures) == [1, 2, 3])
    #expect(problems.all.allSatisfy { $0.cause == .outbox && $0.message.contains("Broken") })
  }

  /// A sink that takes something each time is not slowed down more and more.
  @Test func progressResetsTheDelay() async throws {
    let outbox = FakeOutbox(["a", "b", "c"])
    let sink = ScriptedSink { items in
      items.prefix(1).map { .delivered(sequence: $0.sequence) }
        + items.dropFirst().prefix(1).map { .failed($0, error: "no", next: .withSink) }
    }
    let problems = Log<DeliveryProblem>()
    let rests = Log<Int>()
    let worker = DeliveryWorker(
      sink: sink, outbox: outbox,
      retryDelay: { failures in
        rests.append(failures)
        return .milliseconds(1)
      }, onProblem: { problems.append($0) })
    try await running(worker) {
      await eventually("delivered") { await outbox.isEmpty }
    }
    #expect(rests.all == [1, 1])
    #expect(problems.all.map(\.failures) == [1, 2], "since everything was delivered")
  }

  /// Items that are put off are not the sink's rest: others go on at once, until it has failed ten times in a row.
  /// Then it rests, and is tried with one item at a time.
  @Test func tenFailuresInARowRestTheSink() async throws {
    let outbox = FakeOutbox((1...100).map { "event \($0)" })
    let batches = Log<Int>()
    let isUp = Log<Bool>()
    let sink = ScriptedSink { items in
      batches.append(items.count)
      if isUp.all.isEmpty { return items.prefix(4).map { .failed($0, error: "no", next: .after(.milliseconds(1))) } }
      return items.delivered
    }
    let rests = Log<Int>()
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(
      sink: sink, outbox: outbox,
      retryDelay: { failures in
        rests.append(failures)
        if failures == 14 { isUp.append(true) }
        return .milliseconds(1)
      }, onProblem: { problems.append($0) })
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(batches.all.prefix(6) == [64, 64, 64, 1, 1, 1])
    #expect(rests.all == [12, 13, 14])
    #expect(problems.all.map(\.failures) == [1, 2, 3, 4, 5])
    #expect(problems.all.map(\.retryAfter).prefix(3) == [.zero, .zero, .milliseconds(1)])
    #expect(batches.all.dropFirst(6).first == 64, "after a success as before")
  }

  /// The receiver is gone: told once, and nothing more is tried.
  @Test func aSinkThatIsGone() async throws {
    let outbox = FakeOutbox(["a", "b"])
    let sink = ScriptedSink { items in
      items.prefix(1).map { .failed($0, error: "410", next: .sinkDisabled) }
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, onProblem: { problems.append($0) })
    try await running(worker) {
      await eventually("a problem is told") { !problems.all.isEmpty }
    }
    #expect(problems.all.map(\.cause) == [.gone])
    #expect(await outbox.settled.count == 1)
  }

  /// Whatever else fails beside it.
  @Test func theEndOfASinkIsToldBeforeOtherFailures() async throws {
    let outbox = FakeOutbox(["a", "b"])
    let sink = ScriptedSink { items in
      [
        .failed(items[0], error: "503", next: .after(.milliseconds(1))),
        .failed(items[1], error: "410", next: .sinkDisabled),
      ]
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, onProblem: { problems.append($0) })
    try await running(worker) {
      await eventually("a problem is told") { !problems.all.isEmpty }
    }
    #expect(problems.all.map(\.cause) == [.gone] && problems.all.map(\.message) == ["410"])
  }

  /// However many items fail at once, the first problem of an outage is number 1, and after a whole batch again.
  @Test(arguments: [1, 2, 9, 10, 14])
  func problemsAreCountedByBatch(failing: Int) async throws {
    let outbox = FakeOutbox((1...14).map { "event \($0)" })
    let rounds = Log<Int>()
    let sink = ScriptedSink { items in
      rounds.append(items.count)
      guard rounds.all.count == 1 else { return items.delivered }
      return items.prefix(failing).map { .failed($0, error: "no", next: .after(.milliseconds(1))) }
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon) { problems.append($0) }
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(problems.all.map(\.failures) == [1])
  }

  /// A receiver that is busy is left alone as long as it asks, with everything.
  @Test func aReceiverThatAsksForTime() async throws {
    let outbox = FakeOutbox(["a", "b"])
    let rounds = Log<Int>()
    let sink = ScriptedSink { items in
      rounds.append(items.count)
      return items.prefix(1).map { .refused($0, for: .seconds(3_600)) }
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon) { problems.append($0) }
    try await running(worker) {
      await eventually("a problem is told") { !problems.all.isEmpty }
      for _ in 1...100 {
        worker.wake()
        await Task.yield()
      }
    }
    #expect(rounds.all == [2] && problems.all.map(\.retryAfter) == [.seconds(3_600)])
  }

  /// A sink that says nothing must not be asked in a tight loop.
  @Test func silentSinkIsAFailure() async throws {
    let outbox = FakeOutbox(["a"])
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: ScriptedSink { _ in [] }, outbox: outbox, retryDelay: { _ in .seconds(3600) }) {
      problems.append($0)
    }
    try await running(worker) {
      await eventually("a problem is told") { problems.all.count == 1 }
    }
    #expect(await outbox.fetchCount == 1)
    #expect(await outbox.settled.isEmpty)
  }

  /// A thousand wakes while nothing waits are one look, and a wake before the wait counts.
  @Test func wakesAreCoalescedAndNeverLost() async throws {
    let outbox = FakeOutbox()
    let worker = DeliveryWorker(sink: ScriptedSink { $0.delivered }, outbox: outbox)
    worker.wake()
    try await running(worker) {
      await eventually("it looked") { await outbox.fetchCount >= 1 }
      for number in 1...50 {
        await outbox.add("event \(number)")
        worker.wake()
        await eventually("event \(number) delivered") { await outbox.isEmpty }
      }
      let before = await outbox.fetchCount
      for _ in 1...1_000 { worker.wake() }
      await eventually("it looked again") { await outbox.fetchCount > before }
      #expect(await outbox.fetchCount < before + 500)
    }
  }

  /// Recorded just after the outbox was read, announced just before the worker waits.
  @Test func wakeWhileItLooks() async throws {
    let outbox = LateOutbox()
    let delivered = Log<String>()
    let sink = ScriptedSink { items in
      for text in items.texts { delivered.append(text) }
      return items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    await outbox.onFirstFetch { worker.wake() }
    try await running(worker) {
      await eventually("delivered") { delivered.all == ["late"] }
    }
  }

  /// New events do not hurry a sink that rests after a failure.
  @Test func wakeDoesNotShortenTheRest() async throws {
    let outbox = FakeOutbox(["a"])
    let attempts = Log<Int>()
    let sink = ScriptedSink { items in
      attempts.append(items.count)
      return items.prefix(1).map { .failed($0, error: "no", next: .withSink) }
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(
      sink: sink, outbox: outbox, retryDelay: { $0 < 3 ? .milliseconds(1) : .seconds(3600) }
    ) { problems.append($0) }
    try await running(worker) {
      await eventually("three problems are told") { problems.all.count == 3 }
      for _ in 1...100 {
        worker.wake()
        await Task.yield()
      }
    }
    #expect(attempts.all.count == 3)
    #expect(problems.all.map(\.failures) == [1, 2, 3])
  }

  /// `stop` delivers what waits, and does not wait for a sink that fails.
  @Test(arguments: [nil, 4]) func stopDrains(maxInFlight: Int?) async throws {
    let outbox = FakeOutbox((1...150).map { "event \($0)" })
    let worker = DeliveryWorker(sink: ScriptedSink(maxInFlight: maxInFlight) { $0.delivered }, outbox: outbox)
    let task = Task { await worker.run() }
    await eventually("it began") { await outbox.fetchCount > 0 }
    await worker.stop(drainingFor: .seconds(30))
    await task.value
    #expect(await outbox.isEmpty)
  }

  @Test(arguments: [nil, 4]) func stopDoesNotWaitForASinkThatHangs(maxInFlight: Int?) async throws {
    let outbox = FakeOutbox(["a"])
    let sink = ScriptedSink(maxInFlight: maxInFlight) { _ in
      try? await Task.sleep(for: .seconds(3600))
      return []
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    let task = Task { await worker.run() }
    await eventually("it began") { await outbox.fetchCount > 0 }
    await worker.stop(drainingFor: .milliseconds(20))
    await task.value
    #expect(await !outbox.isEmpty)
  }

  /// Delivered while the task was being cancelled: it is recorded all the same.
  @Test(arguments: [nil, 4]) func cancellationDoesNotLoseAResult(maxInFlight: Int?) async throws {
    let outbox = FakeOutbox(["a"])
    let started = Log<Bool>()
    let sink = ScriptedSink(maxInFlight: maxInFlight) { items in
      started.append(true)
      try? await Task.sleep(for: .seconds(3600))
      return items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    let task = Task { await worker.run() }
    await eventually("it began") { !started.all.isEmpty }
    task.cancel()
    await task.value
    #expect(await outbox.isEmpty)
  }

  /// Whoever starts and stops in two tasks cannot know which comes first.
  @Test func stopBeforeRunDrainsAsWell() async {
    let outbox = FakeOutbox((1...150).map { "event \($0)" })
    let worker = DeliveryWorker(sink: ScriptedSink { $0.delivered }, outbox: outbox)
    await worker.stop(drainingFor: .seconds(30))
    #expect(await outbox.isEmpty)
    await outbox.add("too late")
    await worker.run()
    #expect(await outbox.items.count == 1)
  }

  @Test(arguments: zip([0, 1, 2, 3, 4, 5, 6, 7, 8, 100, Int.max], [1, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]))
  func retryDelay(failures: Int, seconds: Int) {
    #expect(RetryDelay.after(failures: failures) == .seconds(seconds))
  }
}

/// An outbox that is still empty at the first look, while something is recorded.
private actor LateOutbox: Outbox {
  private var items: [OutboxItem] = []
  private var hook: (@Sendable () -> Void)?

  func onFirstFetch(_ hook: @escaping @Sendable () -> Void) { self.hook = hook }

  func nextDue(sink: String, within: Duration, excluding: [EventSequence]) -> Duration? { nil }

  func waiting(sink: String, within: Duration, limit: Int, firstOfTag: Bool, excluding: [EventSequence]) -> [OutboxItem]
  {
    guard let hook else { return items }
    self.hook = nil
    items = [FakeOutbox.item(1, "late")]
    hook()
    return []
  }

  func rest(sink: String) -> Duration? { nil }

  func settle(sink: String, _ results: [DeliveryResult], rest: Duration?, retry: Duration?) { items = [] }
}
