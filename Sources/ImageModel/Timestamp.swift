#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A point in wall-clock time: whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Wall-clock time is for people: it is recorded and displayed, never used to order or to wait.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let milliseconds: Int64

  /// Times outside the years 0000 to 9999, which RFC 3339 cannot write, become the nearest one inside.
  package init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
  }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  package func advanced(bySeconds seconds: Int) -> Timestamp {
    advanced(byMilliseconds: Int64(seconds) * 1000)
  }

  package func advanced(byMilliseconds count: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds + count)
  }

  package func advanced(by span: Duration) -> Timestamp { advanced(byMilliseconds: span.milliseconds) }

  /// RFC 3339 in UTC with three decimals: `2026-09-17T21:30:05.123Z`.
  package var description: String {
    var seconds = time_t(milliseconds.flooredQuotient(1000))
    let fraction = Int(milliseconds - Int64(seconds) * 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date = [padded(Int(parts.tm_year) + 1900, 4), padded(Int(parts.tm_mon) + 1, 2), padded(Int(parts.tm_mday), 2)]
    let time = [padded(Int(parts.tm_hour), 2), padded(Int(parts.tm_min), 2), padded(Int(parts.tm_sec), 2)]
    return "\(date.joined(separator: "-"))T\(time.joined(separator: ":")).\(padded(fraction, 3))Z"
  }

  /// For people, to the minute: `2026-09-17 21:30 UTC`.
  package var minute: String {
    let text = description
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// Parses RFC 3339, `2026-09-17T21:30:05Z` or with a fraction and an offset; `nil` for anything else.
  /// Digits beyond milliseconds are cut; a leap second counts as the second before it.
  package init?(rfc3339 text: some StringProtocol) {
    guard let value = RFC3339.milliseconds(Array(text.utf8)) else { return nil }
    self.init(milliseconds: value)
  }
}

extension Duration {
  /// Rounded up: what waits for so long does not wake too soon.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
    return seconds * 1_000 + whole + (rest > 0 ? 1 : 0)
  }
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    self / divisor - (self % divisor < 0 ? 1 : 0)
  }
}

private enum RFC3339 {
  static func milliseconds(_ text: [UInt8]) -> Int64? {
    guard (20...64).contains(text.count), text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
      let year = number(text[0..<4]), let month = number(text[5..<7]), let day = number(text[8..<10]),
      let hour = number(text[11..<13]), let minute = number(text[14..<16]), let second = number(text[17..<19]),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var rest = text[19...]
    guard let fraction = takeFraction(&rest), let offset = takeOffset(rest) else { return nil }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(min(second, 59))
    let seconds = Int64(timegm(&parts))
    // timegm carries 31 February over into March; such a date is an error here.
    guard Int(parts.tm_mday) == day else { return nil }
    return (seconds - Int64(offset) * 60) * 1000 + Int64(fraction)
  }

  private static func takeFraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.first == UInt8(ascii: ".") else { return 0 }
    let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { return nil }
    rest = rest[digits.endIndex...]
    let firstThree = Array(digits.prefix(3)) + Array(repeating: UInt8(ascii: "0"), count: max(0, 3 - digits.count))
    return number(firstThree[...])
  }

  /// Minutes east of UTC.
  private static func takeOffset(_ rest: ArraySlice<UInt8>) -> Int? {
    guard let sign = rest.first else { return nil }
    if rest.count == 1 { return sign | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    let digits = Array(rest.dropFirst())
    guard digits.count == 5, digits[2] == UInt8(ascii: ":"), let hours = number(digits[0..<2]),
      let minutes = number(digits[3..<5]), hours < 24, minutes < 60
    else { return nil }
    switch sign {
    case UInt8(ascii: "+"): return hours * 60 + minutes
    case UInt8(ascii: "-"): return -(hours * 60 + minutes)
    default: return nil
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}
