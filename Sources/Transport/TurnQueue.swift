/// Lets so many items of a host run at a time and keeps the others in order until it is their turn.
///
/// libcurl has a limit of its own (`CURLMOPT_MAX_HOST_CONNECTIONS`), but transfers that wait for it are
/// forgotten now and then: 7.88 showed it under load, curl#21396 reports it for later versions.
struct TurnQueue<Host: Hashable, Item> {
  private struct Line {
    var running = 0
    var incoming: [UInt64] = []
    /// The older half of the line, in reverse order.
    var outgoing: [UInt64] = []

    mutating func startsAnother(of limit: Int) -> Bool {
      guard running < limit else { return false }
      running += 1
      return true
    }

    mutating func next() -> UInt64? {
      if outgoing.isEmpty {
        outgoing = incoming.reversed()
        incoming = []
      }
      return outgoing.popLast()
    }
  }

  private let perHost: Int
  private var lines: [Host: Line] = [:]
  private var waiting: [UInt64: Item] = [:]

  init(perHost: Int) { self.perHost = max(1, perHost) }

  /// Gives the item back if it may run at once.
  mutating func enter(_ item: Item, id: UInt64, host: Host) -> Item? {
    if lines[host, default: Line()].startsAnother(of: perHost) { return item }
    lines[host]?.incoming.append(id)
    waiting[id] = item
    return nil
  }

  /// One of the host's items has ended. Gives the one that may run now.
  mutating func leave(_ host: Host) -> Item? {
    guard let index = lines.index(forKey: host) else { return nil }
    while let id = lines.values[index].next() {
      guard let item = waiting.removeValue(forKey: id) else { continue }  // Withdrawn.
      return item
    }
    lines.values[index].running -= 1
    if lines.values[index].running == 0 { lines.remove(at: index) }
    return nil
  }

  /// Takes a waiting item out; `nil` if it is not waiting.
  mutating func withdraw(_ id: UInt64) -> Item? { waiting.removeValue(forKey: id) }

  /// Those that wait, in no order.
  var items: some Collection<Item> { waiting.values }

  /// Takes all waiting items out.
  mutating func withdrawAll() -> [Item] {
    defer { waiting = [:] }
    return Array(waiting.values)
  }
}
