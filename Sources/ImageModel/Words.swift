/// Pieces of sentences.
package enum Words {
  /// `1 tag`, `2 tags`.
  package static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `50 seconds`, `40 minutes`, `13 hours`, `3 days`: about so long.
  package static func span(seconds: Int) -> String {
    let units = [("day", 86_400), ("hour", 3_600), ("minute", 60)]
    guard let (unit, size) = units.first(where: { seconds >= 2 * $0.1 }) else { return count(seconds, "second") }
    return count(seconds / size, unit)
  }

  /// `770 B`, `1.2 kB`, `53.3 MB`: thousands, as registries and Docker count.
  package static func bytes(_ number: Int) -> String {
    guard number >= 1_000 else { return "\(number) B" }
    var (tenths, unit) = (number / 100, 0)
    let units = ["kB", "MB", "GB", "TB"]
    while tenths >= 10_000, unit + 1 < units.count {
      tenths /= 1_000
      unit += 1
    }
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// `there is a`, `there are a, b and 3 more`, `there are none`.
  package static func thereAre(_ items: [String], limit: Int) -> String {
    items.isEmpty ? "there are none" : "there \(items.count == 1 ? "is" : "are") \(list(items, limit: limit))"
  }

  /// `a, b and 3 more`.
  package static func list(_ items: [String], limit: Int) -> String {
    list(Array(items.prefix(limit)), of: items.count)
  }

  /// The same, of so many in all.
  package static func list(_ first: [String], of count: Int) -> String {
    let more = count - first.count
    return first.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}
