import History

/// Goes through recorded events in pages, and remembers how far it has come.
struct EventListing {
  private static let pageEvents = 256

  private(set) var query: EventQuery
  /// With how many of the newest to begin, before the first look.
  private var last: Int?
  /// How many events may still be shown.
  private(set) var left: Int
  /// `nil` for the documents themselves.
  let text: EventText?
  private(set) var isEmpty = true

  init(query: EventQuery, last: Int?, left: Int, text: EventText?) {
    self.query = query
    self.last = last
    self.left = left
    self.text = text
  }

  /// Hands over what is there and was not shown yet: whole lines, a page of events at a time.
  mutating func look(_ reader: HistoryReader, write: ([[UInt8]]) throws -> Void) throws {
    if let last {
      query.after = try reader.beginning(ofLast: last, query)
      self.last = nil
    }
    while left > 0 {
      let page = try reader.events(query, limit: min(left, Self.pageEvents))
      if !page.events.isEmpty {
        let heading = isEmpty ? text.map { [$0.format.charset.bytes($0.heading)] } ?? [] : []
        try write(heading + page.events.map { try shown($0) })
        isEmpty = false
      }
      query.after = page.last
      left -= page.events.count
      if !page.isFull { return }
    }
  }

  private func shown(_ event: StoredEvent) throws -> [UInt8] {
    try text.map { $0.format.charset.bytes(try $0.text(event)) } ?? event.body + [UInt8(ascii: "\n")]
  }
}
