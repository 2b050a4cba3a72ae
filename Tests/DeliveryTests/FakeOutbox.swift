import Delivery
import ImageModel
import TestSupport

/// An outbox in memory that keeps what it was asked and told, and fails on order.
actor FakeOutbox: Outbox {
  struct Broken: Error {}

  private(set) var items: [OutboxItem]
  private(set) var fetches: [Int] = []
  private(set) var settled: [[DeliveryResult]] = []
  private var failingFetches = 0
  private var failingSettles = 0
  private var settleGate: Gate?
  private var fetchGate: Gate?
  private var isDisabled = false
  private let isPatient: Bool
  /// What is left of the rest that the receiver asked for.
  private(set) var recordedRest: Duration?
  private(set) var restCount = 0
  private var restGate: Gate?
  /// Settlings that have begun.
  private(set) var settleCount = 0
  private var failingRests = 0
  private var heldTags: Set<TagID> = []
  /// The most that whoever reads this has had in memory.
  private(set) var mostInMemory = 0

  init(_ bodies: [String] = []) {
    self.init(bodies.enumerated().map { Self.item($0 + 1, $1) })
  }

  /// - Parameter isPatient: what failed is not due again, nor are later items of its tag.
  init(_ items: [OutboxItem], isPatient: Bool = false) {
    self.items = items
    self.isPatient = isPatient
  }

  static func item(_ sequence: Int, _ body: String, tag: TagID = 1, attempts: Int = 0) -> OutboxItem {
    OutboxItem(
      sequence: EventSequence(sequence), eventID: "e\(sequence)", tag: tag, body: Array(body.utf8), attempts: attempts)
  }

  func add(_ body: String, tag: TagID = 1) {
    items.append(Self.item(Int(items.last?.sequence.rawValue ?? 0) + 1, body, tag: tag))
  }

  /// It rests as failed.
  func giveUp(_ item: OutboxItem) { items.removeAll { $0.sequence == item.sequence } }

  /// Somebody else forgets what waits.
  func drop() { items = [] }
  /// Reading takes until then, and gives what waited before.
  func holdFetches(until gate: Gate?) { fetchGate = gate }
  func failFetches(_ count: Int) { failingFetches = count }
  func failSettles(_ count: Int) { failingSettles = count }
  /// Settling takes until then.
  func holdSettles(until gate: Gate) { settleGate = gate }
  var isEmpty: Bool { items.isEmpty }
  var fetchCount: Int { fetches.count }

  func waiting(
    sink: String, within: Duration, limit: Int, firstOfTag: Bool, excluding: [EventSequence]
  ) async throws -> [OutboxItem] {
    fetches.append(limit)
    if failingFetches > 0 {
      failingFetches -= 1
      throw Broken()
    }
    var seen = Set(items.filter { excluding.contains($0.sequence) }.map(\.tag))
    let due = items.filter { item in
      let isFirst = seen.insert(item.tag).inserted
      return (isFirst || !firstOfTag) && !heldTags.contains(item.tag) && !excluding.contains(item.sequence)
    }
    let fetched = isDisabled ? [] : Array(due.prefix(limit))
    mostInMemory = max(mostInMemory, excluding.count + fetched.count)
    await fetchGate?.pass()
    return fetched
  }

  func nextDue(sink: String, within: Duration, excluding: [EventSequence]) -> Duration? {
    isDisabled || items.allSatisfy { heldTags.contains($0.tag) || excluding.contains($0.sequence) } ? nil : .zero
  }

  func record(rest: Duration) { recordedRest = rest }
  func failRests(_ count: Int) { failingRests = count }
  /// Reading the rest takes until then, and gives what was recorded before.
  func holdRests(until gate: Gate) { restGate = gate }

  func rest(sink: String) async throws -> Duration? {
    restCount += 1
    guard failingRests == 0 else {
      failingRests -= 1
      throw Broken()
    }
    let rest = recordedRest
    await restGate?.pass()
    return rest
  }

  func settle(sink: String, _ results: [DeliveryResult], rest: Duration?, retry: Duration?) async throws {
    settleCount += 1
    await settleGate?.pass()
    if failingSettles > 0 {
      failingSettles -= 1
      throw Broken()
    }
    settled.append(results)
    if let rest { recordedRest = rest }
    for (item, _, next) in results.compactMap(\.failure) {
      if next == .sinkDisabled { isDisabled = true }
      if isPatient { heldTags.insert(item.tag) }
    }
    for case .delivered(let sequence) in results { items.removeAll { $0.sequence == sequence } }
  }
}
