import HeapModule
import ImageModel

/// The tags of one registry that are asked for by one account, and how many requests that may make.
struct AccountQueue: Sendable {
  /// A tag's place in line. Entries are not searched for when a tag leaves or moves: its slot's ticket
  /// changes, and the entry is dropped when it comes up.
  struct Entry: Comparable, Sendable {
    let due: BootTime
    let tag: UInt32
    let ticket: UInt32

    static func < (a: Entry, b: Entry) -> Bool { a.due != b.due ? a.due < b.due : a.tag < b.tag }

    func isLive(_ slots: [PollSlot]) -> Bool {
      slots[Int(tag)].state == .waiting && slots[Int(tag)].ticket == ticket
    }
  }

  /// The first entry is always a live one.
  private var heap = Heap<Entry>()
  private var stale = 0
  var inFlight = 0
  /// `nil`: any number.
  private var bucket: TokenBucket?

  init(_ requestsPerSecond: Double?) { setRate(requestsPerSecond) }

  mutating func setRate(_ requestsPerSecond: Double?) { bucket = requestsPerSecond.map(TokenBucket.init) }

  mutating func insert(_ entry: Entry) { heap.insert(entry) }

  /// The first entry, if it is due and may be asked for.
  mutating func due(at now: BootTime) -> Entry? {
    guard let first = heap.min, first.due <= now else { return nil }
    bucket?.fill(at: now, isInUse: inFlight > 0)
    return (bucket?.ready(at: now) ?? now) <= now ? first : nil
  }

  func next(after now: BootTime) -> BootTime? {
    heap.min.map { max(now, $0.due, bucket?.ready(at: now) ?? now) }
  }

  mutating func takeFirst(_ slots: [PollSlot]) {
    heap.removeMin()
    dropStale(slots)
    inFlight += 1
    bucket?.take(1)
  }

  /// A poll that `takeFirst` has started is over; the request that it has taken is given back, for all are charged.
  mutating func end(at now: BootTime) {
    bucket?.fill(at: now, isInUse: inFlight > 0)
    inFlight -= 1
    bucket?.take(-1)
  }

  mutating func charge(_ requests: Int, at now: BootTime) {
    bucket?.fill(at: now, isInUse: true)
    bucket?.take(requests)
  }

  mutating func invalidateOne(_ slots: [PollSlot]) {
    stale += 1
    dropStale(slots)
    if stale > 64, stale > heap.count / 2 {
      heap = Heap(heap.unordered.filter { $0.isLive(slots) })
      stale = 0
    }
  }

  mutating func postpone(dueBy now: BootTime, slots: inout [PollSlot], to later: (PollSlot) -> BootTime) {
    guard let first = heap.min, first.due <= now else { return }
    var entries: [Entry] = []
    entries.reserveCapacity(heap.count)
    for entry in heap.unordered where entry.isLive(slots) {
      if entry.due <= now {
        let tag = Int(entry.tag)
        slots[tag].due = later(slots[tag])
        entries.append(Entry(due: slots[tag].due, tag: entry.tag, ticket: entry.ticket))
      } else {
        entries.append(entry)
      }
    }
    heap = Heap(entries)
    stale = 0
  }

  private mutating func dropStale(_ slots: [PollSlot]) {
    while let first = heap.min, !first.isLive(slots) {
      heap.removeMin()
      stale -= 1
    }
  }
}
