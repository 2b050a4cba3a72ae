import Glibc
import ImageModel

/// Times in text.
struct TimeText {
  let isLocal: Bool

  init(isLocal: Bool) {
    self.isLocal = isLocal
    if isLocal { tzset() }
  }

  /// What to say about the times below.
  var zone: String { isLocal ? "local time" : "UTC" }

  /// `2026-09-17 21:30:05`; `-` where there is none.
  func callAsFunction(_ time: Timestamp?) -> String {
    guard let time else { return "-" }
    guard isLocal else {
      let parts = time.description.split(separator: "T", maxSplits: 1)
      return "\(parts[0]) \(parts.last?.prefix(8) ?? "")"
    }
    var seconds = time_t((Double(time.milliseconds) / 1000).rounded(.down))
    var parts = tm()
    localtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 40)
    let count = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
    return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The day of a date that an image gives itself; its own words where it is no RFC 3339, `-` where it has none.
  func day(created text: String?) -> String {
    guard let text else { return "-" }
    return Timestamp(rfc3339: text).map { String(self($0).prefix(10)) } ?? text.shown
  }

  func created(_ text: String?) -> String {
    guard let text else { return "-" }
    return Timestamp(rfc3339: text).map { self($0) } ?? text.shown
  }
}
