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
    var line = lines.removeValue(forKey: host) ?? Line()
    defer { lines[host] = line }
    if line.running < perHost {
      line.running += 1
      return item
    }
    line.incoming.append(id)
    waiting[id] = item
    return nil
  }

  /// One of the host's items has ended. Gives the one that may run now.
  mutating func leave(_ host: Host) -> Item? {
    guard var line = lines.removeValue(forKey: host) else { return nil }
    while let id = line.next() {
      guard let item = waiting.removeValue(forKey: id) else { continue }  // Withdrawn.
      lines[host] = line
      return item
    }
    line.running -= 1
    if line.running > 0 { lines[host] = line }
    return nil
  }

  /// Takes a waiting item out; `nil` if it is not waiting.
  mutating func withdraw(_ id: UInt64) -> Item? { waiting.removeValue(forKey: id) }

  /// Takes all waiting items out.
  mutating func withdrawAll() -> [Item] {
    defer { waiting = [:] }
    return Array(waiting.values)
  }
}
