import ImageModel
import TestSupport
import Testing

@testable import Delivery

/// Receivers with limits, simulated: how long it takes, how often they have to refuse, and in what order.
@Suite struct ThrottleTests {
  /// With the milliseconds that so many events need.
  private static let limits: [(limit: SimulatedReceiver.Limit, needs: @Sendable (_ events: Int) -> Int)] = [
    (.sliding(1, span: 1_000), { ($0 - 1) * 1_000 }),
    (.sliding(5, span: 2_000), { ($0 - 1) / 5 * 2_000 }),
    (.sliding(2, span: 4_000), { ($0 - 1) / 2 * 4_000 }),
    (.sliding(30, span: 60_000), { ($0 - 1) / 30 * 60_000 }),
    (.fixed(1, span: 1_000, phase: 300), { ($0 - 1) * 1_000 }),
    (.fixed(5, span: 2_000, phase: 700), { ($0 - 1) / 5 * 2_000 }),
    (.fixed(2, span: 4_000, phase: 3_999), { ($0 - 1) / 2 * 4_000 }),
    (.bucket(1, each: 1_000), { ($0 - 1) * 1_000 }),
    (.bucket(5, each: 400), { max(0, $0 - 5) * 400 }),
    (.bucket(5, each: 1_000), { max(0, $0 - 5) * 1_000 }),
  ]

  @Test(arguments: limits.indices, [(30, 1), (12, 1), (1, 30), (3, 10), (2, 40), (60, 3)])
  func noMoreTimeThanTheReceiverNeeds(limit: Int, load: (tags: Int, each: Int)) {
    let (limit, needs) = Self.limits[limit]
    let count = load.tags * load.each
    for says in [SimulatedReceiver.Says.roundedUp, .roundedDown, .always(seconds: 1)] {
      var delivery = SimulatedDelivery(SimulatedReceiver(limit, says), tags: load.tags, eventsEach: load.each)
      delivery.run()
      delivery.expectOrder(count)
      // An answer takes 5 to 9 ms, which adds up for one tag alone.
      #expect(delivery.now <= max(needs(count) * 6 / 5, count * 9), "\(limit) \(says): \(delivery.now) ms")
    }
  }

  /// Once it is known what a receiver allows, it need not refuse any more, but now and then.
  @Test(arguments: [SimulatedReceiver.Limit.sliding(1, span: 1_000), .fixed(5, span: 2_000, phase: 700)])
  func whatIsLearntIsKept(limit: SimulatedReceiver.Limit) {
    var delivery = SimulatedDelivery(SimulatedReceiver(limit), tags: 60, eventsEach: 10)
    delivery.run { $0.taken.count == 60 }
    let learnt = delivery.throttle.limit
    let before = delivery.refusals.count
    #expect(learnt != nil && before < 20)
    delivery.run { $0.taken.count == 540 }
    #expect(delivery.throttle.limit == learnt)
    #expect(delivery.refusals.count - before < 10)
  }

  @Test func whatNoLongerHoldsIsForgotten() {
    var delivery = SimulatedDelivery(SimulatedReceiver(.sliding(1, span: 1_000)), tags: 100, eventsEach: 10)
    delivery.run { $0.taken.count == 30 }
    #expect(delivery.throttle.limit?.requests == 1)
    delivery.receiver.limit = .none
    let since = delivery.now
    delivery.run()
    delivery.expectOrder(1_000)
    #expect(delivery.throttle.limit == nil && delivery.now - since < 40_000, "\(delivery.now - since) ms")
  }

  /// Also by events that have been tried before, whether a refusal uses up another of their attempts or not.
  @Test(arguments: [0, 1, 3], [SimulatedReceiver.Says.roundedUp, .nothing])
  func aLimitThatIsLiftedIsForgotten(attempts: Int, says: SimulatedReceiver.Says) {
    var delivery = SimulatedDelivery(
      SimulatedReceiver(.sliding(2, span: 20_000), says), tags: 600, attempts: attempts)
    delivery.run(until: 180_000)
    #expect(delivery.throttle.limit != nil)
    delivery.receiver.limit = .none
    delivery.run(until: 1_200_000) { $0.taken.count >= 580 }
    #expect(delivery.taken.count >= 580, "all but those that wait for their next attempt")
    #expect(delivery.throttle.limit == nil)
  }

  @Test func aReceiverThatAllowsLessIsGivenLess() {
    var delivery = SimulatedDelivery(SimulatedReceiver(.sliding(5, span: 2_000)), tags: 60)
    delivery.run { $0.taken.count == 30 }
    delivery.receiver.limit = .sliding(2, span: 4_000)
    let since = delivery.now
    delivery.run()
    delivery.expectOrder(60)
    #expect(delivery.now - since <= 15 * 4_000 * 6 / 5, "\(delivery.now - since) ms")
  }

  /// One event that is never taken: the others wait out one second, and so do those that come later.
  @Test(arguments: [1, 2, 15, 30]) func aTagThatIsNeverTakenHoldsUpNoOther(poisoned: Int) {
    var delivery = SimulatedDelivery(SimulatedReceiver(poisoned: [TagID(poisoned % 30)]), tags: 30)
    delivery.run(until: 10_000) { $0.taken.count == 29 }
    delivery.expectOrder(29)
    #expect(delivery.now < 1_200, "\(delivery.now) ms")
    delivery.run(until: 60_000)
    #expect((50...62).contains(delivery.refusals.count), "and it is tried again as often as the receiver said")
  }

  /// Ten events of each, of several tags that are never taken: every rest gives the others more room.
  @Test(arguments: [[0], [0, 1, 2], [3, 9, 21, 28, 29]] as [Set<TagID>])
  func whatIsNeverTakenIsTriedLessWhileOthersWait(poisoned: Set<TagID>) {
    var delivery = SimulatedDelivery(SimulatedReceiver(poisoned: poisoned), tags: 30, eventsEach: 10)
    let others = (30 - poisoned.count) * 10
    delivery.run(until: 100_000) { $0.taken.count == others }
    delivery.expectOrder(others)
    #expect(delivery.now < 3_000 + 4_000 * poisoned.count, "\(delivery.now) ms")
  }

  /// Whose events are always sent beside one that is a little quicker are not refused each time.
  @Test func noTagStarvesAtALimit() throws {
    var delivery = SimulatedDelivery(SimulatedReceiver(.sliding(1, span: 1_000)), tags: 3, eventsEach: 40)
    delivery.run { $0.taken.count == 30 }
    for tag in [0, 1, 2] as [TagID] { #expect(delivery.taken.count { $0.item.tag == tag } >= 7) }
  }

  @Test func anOutageIsWaitedOutAsAskedAndLeavesNoTrace() {
    var delivery = SimulatedDelivery(SimulatedReceiver(.none, .always(seconds: 5), awayUntil: 30_000), tags: 30)
    delivery.run()
    delivery.expectOrder(30)
    #expect(delivery.now <= 36_000, "\(delivery.now) ms")
    #expect(delivery.refusals.count <= 4 + 6, "one is enough to find out")
    #expect(delivery.throttle.limit == nil)
  }

  /// Refusals that do not say how long use up attempts, of which the second is followed by minutes.
  @Test(arguments: [(12, 1), (30, 1), (6, 4), (4, 10), (20, 5)], 0..<20)
  func withoutATimeToWaitNoEventIsRefusedTwice(load: (tags: Int, each: Int), ways: Int) {
    let count = load.tags * load.each
    var delivery = SimulatedDelivery(
      SimulatedReceiver(.sliding(1, span: 1_000), .nothing), tags: load.tags, eventsEach: load.each, ways: ways)
    delivery.run()
    delivery.expectOrder(count)
    // As many tags as requests at a time are all refused at first, and each then waits for its second attempt.
    let waits = load.tags <= 4 ? 4 * 5_000 : 0
    #expect(delivery.now <= (count - 1) * 1_200 + waits, "\(delivery.now) ms")
    let sequences = delivery.refusals.map(\.item.sequence)
    #expect(Set(sequences).count == sequences.count && sequences.count <= 9, "\(sequences)")
  }
}
