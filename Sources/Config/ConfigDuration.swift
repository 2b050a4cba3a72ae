/// Durations as the configuration writes them: a whole number and one unit. Source: docs/configuration.md.
package enum ConfigDuration {
  static let hint = "write a whole number and s, m, h or d: 30s, 15m, 6h, 1d"

  /// What durations look like: a regular expression of ECMA-262.
  static let pattern = "^(0|[1-9][0-9]*)[smhd]$"

  private static let units: KeyValuePairs<Character, Int> = ["d": 86_400, "h": 3_600, "m": 60, "s": 1]

  /// Seconds; `nil` unless the text is a duration. Durations too long for a number count as the longest.
  static func seconds(_ text: String) -> Int? {
    guard let unit = units.first(where: { $0.key == text.last })?.value else { return nil }
    let digits = text.utf8.dropLast()
    guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
    var number = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      number = min(number * 10 + Int(digit - UInt8(ascii: "0")), .max / 1_000_000)
    }
    return number * unit
  }

  /// The shortest text for a number of seconds, `900` as `15m`.
  package static func text(_ seconds: Int) -> String {
    let unit = units.first { seconds != 0 && seconds % $0.value == 0 } ?? ("s", 1)
    return "\(seconds / unit.value)\(unit.key)"
  }
}
