import HeapModule
import ImageModel

/// The tags of one registry that wait for their time, and what the registry bears.
struct RegistryQueue: Sendable {
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

  var maxConcurrency: Int
  var inFlight = 0
  /// Nothing is due before this.
  var pausedUntil = BootTime.distantPast
  /// How often in a row the registry asked to be left alone. Above zero one poll at a time goes out, until
  /// one comes back without a new request: a window that has just opened must not be filled at once.
  var strikes = 0
  /// The first entry is always a live one.
  private(set) var heap = Heap<Entry>()
  private var stale = 0

  init(maxConcurrency: Int) { self.maxConcurrency = max(1, maxConcurrency) }

  var free: Int { max(0, (strikes > 0 ? 1 : maxConcurrency) - inFlight) }

  mutating func insert(_ entry: Entry) { heap.insert(entry) }

  /// Takes the first entry if it is due.
  mutating func popDue(at now: BootTime, slots: [PollSlot]) -> Entry? {
    guard now >= pausedUntil, let first = heap.min, first.due <= now else { return nil }
    heap.removeMin()
    dropStale(slots)
    return first
  }

  /// An entry has lost its ticket. Memory stays bounded when tags leave before their time again and again.
  mutating func invalidateOne(slots: [PollSlot]) {
    stale += 1
    dropStale(slots)
    if stale > 64, stale > heap.count / 2 {
      heap = Heap(heap.unordered.filter { $0.isLive(slots) })
      stale = 0
    }
  }

  /// Gives every overdue tag the new time that `later` says.
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
