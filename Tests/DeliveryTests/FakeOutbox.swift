import Delivery

/// An outbox in memory that keeps what it was asked and told, and fails on order.
actor FakeOutbox: Outbox {
  struct Broken: Error {}

  private(set) var items: [OutboxItem]
  private(set) var fetches: [Int] = []
  private(set) var settled: [[DeliveryResult]] = []
  private var failingFetches = 0
  private var failingSettles = 0
  private var isDisabled = false

  init(_ bodies: [String] = []) {
    items = bodies.enumerated().map { Self.item($0 + 1, $1) }
  }

  static func item(_ sequence: Int, _ body: String, tag: Int64 = 1, attempts: Int = 0) -> OutboxItem {
    OutboxItem(sequence: Int64(sequence), eventID: "e\(sequence)", tag: tag, body: Array(body.utf8), attempts: attempts)
  }

  func add(_ body: String) {
    items.append(Self.item(Int(items.last?.sequence ?? 0) + 1, body))
  }

  func failFetches(_ count: Int) { failingFetches = count }
  func failSettles(_ count: Int) { failingSettles = count }
  var isEmpty: Bool { items.isEmpty }
  var fetchCount: Int { fetches.count }

  func waiting(sink: String, within: Int64, limit: Int) throws -> [OutboxItem] {
    fetches.append(limit)
    if failingFetches > 0 {
      failingFetches -= 1
      throw Broken()
    }
    return isDisabled ? [] : Array(items.prefix(limit))
  }

  func nextDue(sink: String, within: Int64) -> Int64? { items.isEmpty || isDisabled ? nil : 0 }

  func settle(sink: String, _ results: [DeliveryResult]) throws {
    if failingSettles > 0 {
      failingSettles -= 1
      throw Broken()
    }
    settled.append(results)
    isDisabled = results.contains { if case .failed(_, _, .sinkDisabled) = $0 { true } else { false } }
    for case .delivered(let sequence) in results { items.removeAll { $0.sequence == sequence } }
  }
}
