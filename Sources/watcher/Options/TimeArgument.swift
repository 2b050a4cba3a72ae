import ImageModel

/// A time on the command line: RFC 3339, a date, or how long ago.
enum TimeArgument {
  static let help = "RFC 3339, a date (its beginning, UTC), or how long ago: 30s, 15m, 2h, 7d"
  private static let forms =
    "RFC 3339 (2026-09-17T21:30:05Z), a date (2026-09-17), or how long ago (30s, 15m, 2h, 7d)"

  static func parse(_ text: String?, option: String, now: Timestamp) throws(CommandError) -> Timestamp? {
    guard let text else { return nil }
    guard let time = time(text, now: now) else {
      throw CommandError(
        .usage, "not a time (--\(option) \(text.safe(limit: 100))): write \(forms), as in --\(option) 15m")
    }
    return time
  }

  /// Also takes times as the tables print them, `2026-09-17 21:30:05`, in UTC unless they name an offset.
  static func time(_ text: String, now: Timestamp) -> Timestamp? {
    if let time = Timestamp(rfc3339: text) { return time }
    if let seconds = seconds(text) { return now.advanced(bySeconds: -seconds) }
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts[0].utf8.count == 10 else { return nil }
    let text = "\(parts[0])T\(parts.count == 2 ? parts[1] : "00:00:00")"
    return Timestamp(rfc3339: text + "Z") ?? Timestamp(rfc3339: text)
  }

  private static func seconds(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
    let digits = text.dropLast()
    // Nine digits of days are more than there is history.
    guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(digits).map { $0 * unit }
  }
}
