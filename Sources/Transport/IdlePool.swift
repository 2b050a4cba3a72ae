/// What lies idle until it is used again: the latest first, so that what nobody needs stays below and is found.
struct IdlePool<Item> {
  private let limit: Int
  private var items: [Item] = []
  /// The fewest that were idle at any moment since the last `retire()`.
  private var unneeded = 0

  var count: Int { items.count }

  init(limit: Int) { self.limit = limit }

  mutating func take() -> Item? {
    let item = items.popLast()
    unneeded = min(unneeded, items.count)
    return item
  }

  /// Beyond the limit it is given up.
  mutating func put(_ item: Item) {
    if items.count < limit { items.append(item) }
  }

  /// Gives up those that nobody has needed since the last call.
  mutating func retire() {
    items.removeFirst(unneeded)
    unneeded = items.count
  }

  mutating func removeAll() { self = IdlePool(limit: limit) }
}
