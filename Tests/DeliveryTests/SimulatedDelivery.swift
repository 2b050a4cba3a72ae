import ImageModel
import Messages
import TestSupport
import Testing

@testable import Delivery

/// What is sent to a simulated receiver as a throttle says, as a worker would do it, in no time.
struct SimulatedDelivery {
  private static let start = ContinuousClock.now
  private static let writers = 4

  private enum Happening {
    case arrives
    case answered(Refusal?)
  }

  private(set) var now = 0
  /// In the order in which they were taken, and when.
  private(set) var taken: [(item: OutboxItem, at: Int)] = []
  private(set) var refusals: [(item: OutboxItem, at: Int)] = []
  private(set) var throttle: Throttle
  var receiver: SimulatedReceiver
  private let ways: Int
  private var random = TestRandom()
  private var waiting: [(item: OutboxItem, due: Int)]
  private var underWay: [(item: OutboxItem, what: Happening, at: Int)] = []

  /// - Parameters:
  ///   - attempts: how often each event was tried before.
  ///   - ways: which events are how long on their way, and so overtake others.
  ///   - paces: what the receiver's service documents.
  init(
    _ receiver: SimulatedReceiver, tags: Int, eventsEach: Int = 1, attempts: Int = 0, ways: Int = 0,
    paces: [MessageFormat.Pace] = []
  ) {
    self.receiver = receiver
    throttle = Throttle(paces)
    self.ways = ways
    waiting = (0..<tags * eventsEach).map {
      (FakeOutbox.item($0 + 1, "", tag: TagID(rawValue: Int64($0 % tags)), attempts: attempts), 0)
    }
  }

  /// - Parameter goal: what ends it, besides that all are taken.
  mutating func run(until end: Int = 3_600_000, goal: (Self) -> Bool = { _ in false }) {
    while now < end, !waiting.isEmpty || !underWay.isEmpty, !goal(self) {
      begin()
      let next = throttle.sorted(ready()).first
      let opens = throttle.opens(at: instant, next: next).map { milliseconds($0) } ?? .max
      let opening = next == nil ? .max : opens > now ? opens : .max
      let due = waiting.map(\.due).filter { $0 > now }.min() ?? .max
      now = max(now, min(underWay.map(\.at).min() ?? .max, opening, due, end))
      for (item, what, at) in underWay where at <= now { happen(item, what) }
    }
  }

  private var instant: ContinuousClock.Instant { Self.start + .milliseconds(now) }
  private func milliseconds(_ instant: ContinuousClock.Instant) -> Int {
    let (seconds, attoseconds) = Self.start.duration(to: instant).components
    return Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  /// Of each tag the first that waits, unless it or another is under way.
  private func ready() -> [OutboxItem] {
    var tags = Set(underWay.map(\.item.tag))
    return waiting.filter { tags.insert($0.item.tag).inserted && $0.due <= now }.map(\.item)
  }

  private mutating func begin() {
    while underWay.count < Self.writers, let item = throttle.sorted(ready()).first,
      let opens = throttle.opens(at: instant, next: item), opens <= instant
    {
      waiting.removeAll { $0.item.sequence == item.sequence }
      throttle.begin(item, at: instant)
      underWay.append((item, .arrives, now + 2 + (Int(item.sequence.rawValue) + ways) * (7 + ways) % 5))
    }
  }

  private mutating func happen(_ item: OutboxItem, _ what: Happening) {
    underWay.removeAll { $0.item.sequence == item.sequence }
    switch what {
    case .arrives: underWay.append((item, .answered(receiver.answer(tag: item.tag, at: now)), now + 3))
    case .answered(nil):
      throttle.end(item, .accepted, at: instant)
      taken.append((item, now))
    case .answered(let refusal?):
      throttle.end(item, .refused(refusal), at: instant)
      refusals.append((item, now))
      let attempts = item.attempts + (refusal.asked == nil ? 1 : 0)
      let delay =
        refusal.asked == nil
        ? RetrySchedule.standard.delay(afterAttempts: attempts, retryAfterSeconds: nil, isTooMany: true, using: &random)
          ?? .zero : .zero
      let again = OutboxItem(
        sequence: item.sequence, eventID: item.eventID, tag: item.tag, body: item.body, attempts: attempts)
      waiting.insert(
        (again, now + Int(delay.milliseconds)),
        at: waiting.firstIndex { $0.item.sequence > item.sequence } ?? waiting.count)
    }
  }

  /// Each once, and those of a tag in order.
  func expectOrder(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(taken.count == count, "all", sourceLocation: sourceLocation)
    for (tag, items) in Dictionary(grouping: taken.map(\.item), by: \.tag) {
      let sequences = items.map(\.sequence)
      #expect(
        Set(sequences).count == sequences.count && sequences == sequences.sorted(), "tag \(tag)",
        sourceLocation: sourceLocation)
    }
  }
}
