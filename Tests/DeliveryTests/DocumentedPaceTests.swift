import ImageModel
import Messages
import TestSupport
import Testing

@testable import Delivery

/// A thousand events at once, for each service that documents a rate: none is sent that it would refuse.
@Suite struct DocumentedPaceTests {
  /// By the services' own documents, in requests and seconds.
  private static let documented: [(name: String, windows: [(requests: Int, seconds: Int)])] = [
    ("slack", [(1, 1)]), ("discord", [(30, 60)]), ("teams", [(4, 1)]), ("google-chat", [(1, 1)]),
    // A burst of sixty, and then one in five seconds.
    ("ntfy", [(72, 60)]), ("telegram", [(20, 60)]),
    // A burst of ten, and then one in five seconds.
    ("matrix", [(20, 50)]), ("github", [(80, 60), (500, 3_600)]), ("gitlab", [(25, 60)]),
  ]

  @Test func allThatSayOneAreTried() {
    #expect(MessageFormat.all.filter { !$0.paces.isEmpty }.map(\.name) == Self.documented.map(\.name))
  }

  @Test(arguments: documented.indices) func nothingIsRefused(index: Int) throws {
    let (name, windows) = Self.documented[index]
    let paces = try #require(MessageFormat.named(name)?.paces)
    let times = windows.map { window in
      let receiver = SimulatedReceiver(.sliding(window.requests, span: window.seconds * 1_000))
      var delivery = SimulatedDelivery(receiver, tags: 100, eventsEach: 10, ways: 1, paces: paces)
      delivery.run(until: 86_400_000)
      delivery.expectOrder(1_000)
      #expect(delivery.refusals.isEmpty, "\(name): \(window)")
      return delivery.now
    }
    var (needs, left) = (0, 999)
    for pace in paces.sorted(by: { $0.seconds > $1.seconds }) {
      needs += left / pace.requests * pace.seconds * 1_000
      left %= pace.requests
    }
    let now = times.max() ?? 0
    #expect(now <= needs + needs / 20 + 1_000, "\(name): \(now) ms, and \(needs) are needed")
  }

  /// It may allow less than it documents. That is learnt, though late: what the documented rate holds back looks like the
  /// service's own doing. 99 s are needed.
  @Test func aServiceThatAllowsLess() {
    let pace = MessageFormat.Pace(requests: 5, seconds: 2)
    var delivery = SimulatedDelivery(
      SimulatedReceiver(.sliding(1, span: 1_000)), tags: 20, eventsEach: 5, paces: [pace])
    delivery.run()
    delivery.expectOrder(100)
    #expect(delivery.refusals.count < 20 && delivery.now < 240_000, "\(delivery.now) ms")
  }
}
