import ImageModel

/// Those who wait for fresh polls of certain tags. A poll that was under way when they asked proves nothing to them: it
/// may have looked before what they ask about, and is made again.
struct Inquiries {
  /// What came of it, by the tag's place.
  typealias Results = [Int: CheckReport.Result]

  private enum Stage {
    /// In a poll from before.
    case busy
    /// To be polled.
    case asked
    /// Polled, and not written down yet.
    case polled
  }

  private struct Inquiry {
    var open: [Int: Stage]
    var results: Results = [:]
    let onProgress: @Sendable (_ done: Int) -> Void
    let continuation: CheckedContinuation<Results, any Error>
  }

  private var inquiries: [Int: Inquiry] = [:]
  /// A copy: to walk `inquiries.keys` would hold on to all of it, and each change would copy every awaited place.
  private var ids: [Int] { Array(inquiries.keys) }
  private var last = 0

  var count: Int { inquiries.count }

  /// Places of which a poll is awaited that has not ended.
  var awaited: Set<Int> {
    inquiries.values.reduce(into: []) { slots, inquiry in
      slots.formUnion(inquiry.open.lazy.filter { $0.value == .asked }.map(\.key))
    }
  }

  /// - Parameters:
  ///   - slots: at least one; whether a poll is under way there.
  ///   - continuation: resumed once all of them are settled.
  mutating func open(
    _ slots: [(slot: Int, isBusy: Bool)], onProgress: @escaping @Sendable (_ done: Int) -> Void,
    _ continuation: CheckedContinuation<Results, any Error>
  ) {
    last += 1
    inquiries[last] = Inquiry(
      open: Dictionary(uniqueKeysWithValues: slots.map { ($0.slot, $0.isBusy ? .busy : .asked) }),
      onProgress: onProgress, continuation: continuation)
  }

  /// A poll has ended.
  ///
  /// - Returns: the inquiries it answers, and whether it has to be made again.
  mutating func polled(_ slot: Int) -> (answered: [Int], isWantedAgain: Bool) {
    var answered: [Int] = []
    var isWantedAgain = false
    for id in ids {
      switch inquiries[id]?.open[slot] {
      case .busy:
        inquiries[id]?.open[slot] = .asked
        isWantedAgain = true
      case .asked:
        inquiries[id]?.open[slot] = .polled
        answered.append(id)
      case .polled, nil: break
      }
    }
    return (answered, isWantedAgain)
  }

  /// The result of a poll that answers `ids` is on record.
  mutating func settle(_ ids: [Int], _ slot: Int, _ result: CheckReport.Result) {
    for id in ids { settle(id, slot, result) }
  }

  /// There will be no poll.
  mutating func settle(_ slot: Int, _ result: CheckReport.Result) {
    for id in ids where inquiries[id]?.open[slot] == .asked { settle(id, slot, result) }
  }

  /// Ends those that wait for one of these places.
  mutating func fail(_ slots: Set<Int>, _ error: any Error) {
    for (id, inquiry) in inquiries where !slots.isDisjoint(with: inquiry.open.keys) { fail(id, error) }
  }

  mutating func failAll(_ error: any Error) {
    for id in ids { fail(id, error) }
  }

  private mutating func fail(_ id: Int, _ error: any Error) {
    inquiries.removeValue(forKey: id)?.continuation.resume(throwing: error)
  }

  private mutating func settle(_ id: Int, _ slot: Int, _ result: CheckReport.Result) {
    guard inquiries[id]?.open.removeValue(forKey: slot) != nil else { return }
    inquiries[id]?.results[slot] = result
    guard let inquiry = inquiries[id] else { return }
    inquiry.onProgress(inquiry.results.count)
    guard inquiry.open.isEmpty else { return }
    inquiries[id] = nil
    inquiry.continuation.resume(returning: inquiry.results)
  }
}

/// Why there is no result although nothing failed.
enum CheckInterruption: Error {
  case stopping
  /// Another configuration does not watch a tag any more that was waited for.
  case reloaded
}
