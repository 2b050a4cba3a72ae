package import ImageModel

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Reads `Retry-After`. Source: RFC 9110 section 10.2.3; docker/hub-feedback#2459 for the Unix time.
package enum RetryAfter {
  /// Seconds to wait, 1 … `limit`; `nil` where the value says nothing or lies in the past.
  ///
  /// - Parameters:
  ///   - text: as `wait` takes it.
  ///   - now: best by the registry's own clock.
  package static func seconds(_ text: String, now: Timestamp, limit: Int) -> Int? {
    wait(text, now: now).flatMap { $0 > .zero ? Int(min($0, .seconds(limit)).components.seconds) : nil }
  }

  /// Whole seconds to wait; none or less where the time is over, `nil` where the value says nothing.
  ///
  /// - Parameters:
  ///   - text: delta-seconds, an HTTP date in any of its three forms, or what Docker Hub has sent: a Unix
  ///     time, which read as seconds would be a wait of 55 years.
  ///   - now: best by the clock of who sent it; to the second.
  package static func wait(_ text: String, now: Timestamp) -> Duration? {
    let text = text.utf8.drop { $0 == 0x20 }
    guard let first = text.first else { return nil }
    let now = now.milliseconds / 1_000
    guard (0x30...0x39).contains(first) else {
      return HTTPDate.time(Substring(text)).map { .seconds($0.milliseconds / 1_000 - now) }
    }
    return decimal(Substring(text)).map { .seconds($0 > 1_000_000_000 ? $0 - now : $0) }
  }

  /// A run of digits; more than fit count as the largest number.
  private static func decimal(_ text: Substring) -> Int64? {
    var value: Int64 = 0
    for byte in text.utf8 {
      if byte == 0x20 { continue }
      guard (0x30...0x39).contains(byte) else { return nil }
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(byte - 0x30))
      value = over || carry ? Int64.max / 16 : sum
    }
    return value
  }
}

/// HTTP dates: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
/// Source: RFC 9110 section 5.6.7.
package enum HTTPDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// A whole second; `nil` for anything else.
  package static func time(_ text: some StringProtocol) -> Timestamp? {
    guard text.utf8.count <= 40 else { return nil }
    let words = text.lowercased().split { $0 == " " || $0 == "," || $0 == "-" }
    guard words.count >= 5 else { return nil }
    let isAsctime = month(words[1]) != nil
    let day = isAsctime ? words[2] : words[1]
    let year = isAsctime ? words[4] : words[3]
    let clock = (isAsctime ? words[3] : words[4]).split(separator: ":", omittingEmptySubsequences: false)
    guard let month = month(isAsctime ? words[1] : words[2]), let day = number(day, 1...31), clock.count == 3,
      let year = fullYear(year), let hour = number(clock[0], 0...23), let minute = number(clock[1], 0...59),
      let second = number(clock[2], 0...60)
    else { return nil }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    return Timestamp(milliseconds: Int64(timegm(&parts)) * 1_000)
  }

  private static func month(_ word: Substring) -> Int? { months.firstIndex(of: String(word)) }

  private static func number(_ word: Substring, _ range: ClosedRange<Int>) -> Int? {
    guard (1...4).contains(word.utf8.count), word.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Int(word), range.contains(value)
    else { return nil }
    return value
  }

  /// A year of two digits is the one within the last seventy years or the next thirty of 2000.
  private static func fullYear(_ word: Substring) -> Int? {
    guard let year = number(word, 0...9999) else { return nil }
    return word.utf8.count == 2 ? year + (year < 70 ? 2000 : 1900) : year >= 1970 ? year : nil
  }
}
