import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// Sinks that take several items at a time, each of another tag.
@Suite(.timeLimit(.minutes(1))) struct DeliveryConcurrencyTests {
  private static let soon: @Sendable (Int) -> Duration = { _ in .milliseconds(1) }

  /// `count` items, each of a tag of its own.
  private static func items(_ count: Int) -> [OutboxItem] {
    (1...count).map { FakeOutbox.item($0, "event \($0)", tag: TagID(rawValue: Int64($0))) }
  }

  /// However many events wait of a tag that is slow, one of another that is recorded later does not wait for them.
  @Test(arguments: [20, 200]) func aSlowTagHoldsUpNoOther(count: Int) async throws {
    let outbox = FakeOutbox((1...count).map { "slow \($0)" })
    let answer = Gate()
    let seen = Log<String>()
    let sink = ScriptedSink(maxInFlight: 4) { items in
      for text in items.texts { seen.append(text) }
      if items[0].tag == 1 { await answer.pass() }
      return items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    try await running(worker) {
      await eventually("the first is under way") { !seen.all.isEmpty }
      await outbox.add("quick", tag: 2)
      worker.wake()
      await eventually("the other tag's is settled") {
        await outbox.settled == [[.delivered(sequence: EventSequence(count + 1))]]
      }
      #expect(seen.all == ["slow 1", "quick"])
      answer.open()
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(seen.all == ["slow 1", "quick"] + (2...count).map { "slow \($0)" })
    #expect(await outbox.mostInMemory <= 64)
  }

  @Test func whatIsAnsweredIsRecordedWhileTheNextHangs() async throws {
    let outbox = FakeOutbox(["first", "second"])
    let answer = Gate()
    let sink = ScriptedSink(maxInFlight: 4) { items in
      if items.texts == ["second"] { await answer.pass() }
      return items.delivered
    }
    try await running(DeliveryWorker(sink: sink, outbox: outbox)) {
      await eventually("the first is settled") { await outbox.items.map(\.sequence) == [2] }
      answer.open()
    }
    #expect(await outbox.isEmpty)
  }

  /// Also while much else is ready to be sent.
  @Test func aResultDoesNotWaitForAllThatIsInMemory() async throws {
    let outbox = FakeOutbox(Self.items(100))
    let answer = Gate()
    let sink = ScriptedSink(maxInFlight: 2) { items in
      if items[0].sequence > 1 { await answer.pass() }
      return items.delivered
    }
    try await running(DeliveryWorker(sink: sink, outbox: outbox)) {
      await eventually("the first is settled") { await outbox.settled == [[.delivered(sequence: 1)]] }
      answer.open()
    }
    #expect(await outbox.isEmpty)
  }

  /// A commit is a sync of the disk.
  @Test func resultsShareCommits() async throws {
    let outbox = FakeOutbox(Self.items(1_000))
    let sink = ScriptedSink(maxInFlight: 4) { $0.delivered }
    try await running(DeliveryWorker(sink: sink, outbox: outbox)) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(await outbox.settled.count < 100)
    #expect(await outbox.mostInMemory <= 64)
  }

  /// At random times and with failures at random: at most four at a time, one of a tag, in order.
  @Test func orderOfATagUnderFailures() async throws {
    let random = TestRandom()
    var choice = random
    let outbox = FakeOutbox(
      (1...300).map { FakeOutbox.item($0, "event \($0)", tag: TagID(rawValue: .random(in: 1...8, using: &choice))) })
    let tags = await Dictionary(grouping: outbox.items, by: \.tag)
    let underWay = Mutex<[TagID]>([])
    let widths = Log<Int>()
    let attempts = Log<(item: OutboxItem, isDelivered: Bool)>()
    let sink = ScriptedSink(maxInFlight: 4) { items in
      let now = underWay.withLock { underWay in
        underWay += items.map(\.tag)
        return underWay
      }
      widths.append(now.count)
      #expect(Set(now).count == now.count, "one of a tag")
      var random = random
      try? await Task.sleep(for: .microseconds(Int.random(in: 0...500, using: &random)))
      underWay.withLock { underWay in underWay.removeAll { $0 == items[0].tag } }
      let isDelivered = Int.random(in: 0..<3, using: &random) > 0
      attempts.append((items[0], isDelivered))
      guard !isDelivered else { return items.delivered }
      let next = [NextAttempt.withSink, .after(.milliseconds(1))].randomElement(using: &random) ?? .withSink
      return [.failed(items[0], error: "no", next: next)]
    }
    await outbox.failSettles(3)
    try await running(DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon)) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(widths.all.max() == 4)
    for (tag, items) in tags {
      let delivered = attempts.all.filter { $0.item.tag == tag && $0.isDelivered }.map(\.item)
      #expect(delivered == items, "each once and in order")
      var next = 0
      for (item, isDelivered) in attempts.all where item.tag == tag {
        #expect(item == items[next], "nothing overtakes")
        if isDelivered { next += 1 }
      }
    }
    #expect(await outbox.mostInMemory <= 64)
  }

  /// Also before it is written down.
  @Test func nothingIsSentToASinkThatIsGone() async throws {
    let outbox = FakeOutbox(Self.items(100))
    await outbox.failSettles(2)
    let seen = Log<EventSequence>()
    let others = Gate()
    let sink = ScriptedSink(maxInFlight: 4) { items in
      seen.append(items[0].sequence)
      guard items[0].sequence > 1 else { return [.failed(items[0], error: "410", next: .sinkDisabled)] }
      await others.pass()
      return [.failed(items[0], error: "410", next: .sinkDisabled)]
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon) { problems.append($0) }
    try await running(worker) {
      await eventually("it is settled") { await !outbox.settled.isEmpty }
      others.open()
      for _ in 1...100 {
        worker.wake()
        await Task.yield()
      }
    }
    #expect(seen.all.count <= 4)
    #expect(await outbox.settled.flatMap { $0 }.count == seen.all.count)
    #expect(await outbox.items.count == 100)
    #expect(problems.all.first?.cause == .gone)
  }

  /// Told while other results are being recorded.
  @Test func nothingIsFetchedForASinkThatIsGone() async throws {
    let outbox = FakeOutbox(Self.items(2))
    let (settling, answer) = (Gate(), Gate())
    await outbox.holdSettles(until: settling)
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 2) { items in
      seen.append(items[0].sequence)
      guard items[0].sequence == 1 else {
        await answer.pass()
        return [.failed(items[0], error: "410", next: .sinkDisabled)]
      }
      return items.delivered
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, onProblem: { problems.append($0) })
    try await running(worker) {
      await eventually("both are under way") { seen.all.count == 2 }
      await outbox.add("later", tag: 3)
      answer.open()
      await eventually("the end is told") { !problems.all.isEmpty }
      settling.open()
      await eventually("it is settled") { await outbox.settled.flatMap { $0 }.count == 2 }
    }
    #expect(seen.all.sorted() == [1, 2])
  }

  /// Its receiver has asked for time: nothing new is sent, but what was under way is recorded when it ends.
  @Test func aRestDoesNotKeepResultsFromBeingRecorded() async throws {
    let outbox = FakeOutbox(Self.items(100))
    let answer = Gate()
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 2) { items in
      seen.append(items[0].sequence)
      guard items[0].sequence > 1 else {
        return [.refused(items[0], for: .seconds(3_600))]
      }
      await answer.pass()
      return items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    let answered = Task { await worker.run() }
    await eventually("the failure is settled") { await !outbox.settled.isEmpty }
    let wasUnderWay = seen.all.count - 1
    answer.open()
    worker.wake()
    await eventually("the other is settled") { await outbox.items.count == 100 - wasUnderWay }
    await worker.stop(drainingFor: .seconds(600))
    await answered.value
    #expect(seen.all.count == 1 + wasUnderWay)
  }

  /// Nobody who knows that it works again wants to wait that out; a change that asks for no attempt leaves it alone.
  @Test func aRestEndsWhenSomebodyAsksForAnAttempt() async throws {
    let outbox = FakeOutbox(Self.items(2))
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 1) { items in
      seen.append(items[0].sequence)
      return seen.all.count > 1
        ? items.delivered : [.refused(items[0], for: .seconds(3_600))]
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    try await running(worker) {
      await eventually("the failure is settled") { await outbox.settled.count == 1 }
      await worker.readAgain()
      #expect(await outbox.fetchCount == 1)
      await worker.readAgain(isHurried: true)
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(seen.all == [1, 1, 2])
  }

  /// Ten failures in a row rest the sink, and after that one item is tried at a time until one is delivered.
  @Test func aReceiverThatIsDownIsTriedWithOneItem() async throws {
    let outbox = FakeOutbox(Self.items(200))
    let isUp = Mutex(false)
    let now = Mutex(0)
    let widths = Log<Int>()
    let rests = Log<Int>()
    let sink = ScriptedSink(maxInFlight: 4) { items in
      let isUp = isUp.withLock { $0 }
      let width = now.withLock { now in
        now += 1
        return now
      }
      if !isUp { widths.append(width) }
      await Task.yield()
      now.withLock { $0 -= 1 }
      return isUp ? items.delivered : [.failed(items[0], error: "no", next: .after(.milliseconds(1)))]
    }
    let worker = DeliveryWorker(
      sink: sink, outbox: outbox,
      retryDelay: { failures in
        rests.append(failures)
        if failures == 20 { isUp.withLock { $0 = true } }
        return .milliseconds(1)
      })
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(rests.all == Array(10...20))
    #expect(widths.all.count == 20 && widths.all.dropFirst(13).allSatisfy { $0 == 1 }, "\(widths.all)")
  }

  /// One that says how long to wait is not down: it is asked again when it said, with all that waits.
  @Test func aReceiverThatAsksForTimeIsGivenNoMore() async throws {
    let outbox = FakeOutbox(Self.items(30))
    let refusals = Mutex(25)
    let sink = ScriptedSink(maxInFlight: 1) { items in
      let isRefused = refusals.withLock { left in
        left -= 1
        return left >= 0
      }
      return isRefused ? [.refused(items[0], for: .milliseconds(1), isTooMany: false)] : items.delivered
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(
      sink: sink, outbox: outbox, retryDelay: { _ in .seconds(3_600) }, onProblem: { problems.append($0) })
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(problems.all.count == 25 && problems.all.allSatisfy { $0.retryAfter <= .milliseconds(1) })
  }

  /// What was dropped is not sent, though it had been fetched.
  @Test func whatWasChangedByHandIsReadAgain() async throws {
    let outbox = FakeOutbox(Self.items(10))
    let answer = Gate()
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 1) { items in
      seen.append(items[0].sequence)
      await answer.pass()
      return items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    try await running(worker) {
      await eventually("the first is under way") { !seen.all.isEmpty }
      await outbox.drop()
      await worker.readAgain()
      answer.open()
      await eventually("it is settled") { await !outbox.settled.isEmpty }
    }
    #expect(seen.all == [1])
  }

  /// Also what is being fetched meanwhile.
  @Test func whatIsReadWhileItChangesIsReadAgain() async throws {
    let outbox = FakeOutbox(Self.items(10))
    let reading = Gate()
    await outbox.holdFetches(until: reading)
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 1) { items in
      seen.append(items[0].sequence)
      return items.delivered
    }
    let worker = DeliveryWorker(sink: sink, outbox: outbox)
    try await running(worker) {
      await eventually("it is being read") { await outbox.fetchCount == 1 }
      await outbox.drop()
      await worker.readAgain()
      reading.open()
      await eventually("it is read again") { await outbox.fetchCount == 2 }
    }
    #expect(seen.all.isEmpty)
  }

  /// What was taken and cannot be recorded is not given to the sink again, nor is much else.
  @Test func theOutboxCannotBeWritten() async throws {
    let outbox = FakeOutbox(Self.items(30))
    await outbox.failSettles(3)
    let seen = Log<EventSequence>()
    let sink = ScriptedSink(maxInFlight: 4) { items in
      seen.append(items[0].sequence)
      return items.delivered
    }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: Self.soon) { problems.append($0) }
    try await running(worker) {
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(seen.all.sorted() == (1...30).map { EventSequence($0) })
    #expect(problems.all.map(\.failures) == [1, 2, 3] && problems.all.allSatisfy { $0.cause == .outbox })
  }

  /// Nothing hurries an outbox that cannot be written, neither the clock nor news.
  @Test(arguments: [nil, 4]) func anOutboxThatFailsIsLeftAlone(maxInFlight: Int?) async throws {
    let outbox = FakeOutbox(Self.items(1))
    await outbox.failSettles(1)
    let sink = ScriptedSink(maxInFlight: maxInFlight) { $0.delivered }
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: { _ in .seconds(3_600) }) {
      problems.append($0)
    }
    try await running(worker) {
      await eventually("a problem is told") { !problems.all.isEmpty }
      let deadline = ContinuousClock.now + .milliseconds(300)
      while ContinuousClock.now < deadline {
        worker.wake()
        await Task.yield()
      }
      #expect(await outbox.settled.isEmpty)
    }
    #expect(await outbox.isEmpty, "tried once more at the end")
  }
}
