import ImageModel
import Messages
import TestSupport
import Testing

@testable import Delivery

/// A thousand events at once, for each service that documents a rate: none is sent that it would refuse.
@Suite struct DocumentedPaceTests {
  @Test(arguments: MessageFormat.all.filter { $0.pace != nil }.map(\.name))
  func nothingIsRefused(name: String) throws {
    let pace = try #require(MessageFormat.named(name)?.pace)
    let receiver = SimulatedReceiver(.sliding(pace.requests, span: pace.seconds * 1_000))
    var delivery = SimulatedDelivery(receiver, tags: 100, eventsEach: 10, ways: 1, pace: pace)
    delivery.run(until: 86_400_000)
    delivery.expectOrder(1_000)
    #expect(delivery.refusals.isEmpty)
    let needs = 999 / pace.requests * pace.seconds * 1_000
    #expect(delivery.now <= needs + needs / 20 + 1_000, "\(delivery.now) ms, and \(needs) are needed")
  }

  /// It may allow less than it documents. That is learnt, though late: what the documented rate holds back looks like the
  /// service's own doing. 99 s are needed.
  @Test func aServiceThatAllowsLess() {
    let pace = MessageFormat.Pace(requests: 5, seconds: 2)
    var delivery = SimulatedDelivery(
      SimulatedReceiver(.sliding(1, span: 1_000)), tags: 20, eventsEach: 5, pace: pace)
    delivery.run()
    delivery.expectOrder(100)
    #expect(delivery.refusals.count < 20 && delivery.now < 240_000, "\(delivery.now) ms")
  }
}
