import Glibc
import Host
package import ImageModel

/// Times in text. The zone is named once, beside them; a time at which clocks were set otherwise than now names its
/// own offset.
package struct TimeText: Sendable {
  /// Seconds east of UTC at a time.
  private let offset: @Sendable (Timestamp) -> Int
  private let offsetNow: Int

  package init(isLocal: Bool) {
    if isLocal { tzset() }
    self.init(now: .now()) { isLocal ? Self.localOffset($0) : 0 }
  }

  package init(now: Timestamp, offset: @escaping @Sendable (Timestamp) -> Int) {
    self.offset = offset
    offsetNow = offset(now)
  }

  /// The zone of the times, `UTC` or `UTC+02:00`.
  package var zone: String { offsetNow == 0 ? "UTC" : "UTC" + Self.name(offsetNow) }

  /// `2026-09-17 21:30:05`; `-` where there is none.
  package func callAsFunction(_ time: Timestamp?) -> String {
    guard let time else { return "-" }
    let offset = offset(time)
    let parts = time.advanced(bySeconds: offset).description.split(separator: "T", maxSplits: 1)
    return "\(parts[0]) \(parts.last?.prefix(8) ?? "")" + (offset == offsetNow ? "" : Self.name(offset))
  }

  /// The time of day where the day is the same as now, else all of it: `10:15:00`.
  package func short(_ time: Timestamp, now: Timestamp) -> String {
    let text = self(time)
    return text.prefix(11) == self(now).prefix(11) ? String(text.dropFirst(11)) : text
  }

  /// What clocks of this zone show at a time, as if they were of UTC.
  package func wall(_ time: Timestamp) -> Timestamp { time.advanced(bySeconds: offset(time)) }

  /// When clocks of this zone show that. Of an hour that comes twice, one of both; of one that is left out, the next.
  package func time(wall: Timestamp) -> Timestamp {
    let near = wall.advanced(bySeconds: -offset(wall))
    return wall.advanced(bySeconds: -offset(near))
  }

  /// The day of a date that an image gives itself; its own words where it is no RFC 3339, `-` where it has none.
  package func day(created text: String?) -> String {
    guard let text else { return "-" }
    return Timestamp(rfc3339: text).map { String(self($0).prefix(10)) } ?? text.shown
  }

  package func created(_ text: String?) -> String {
    guard let text else { return "-" }
    return Timestamp(rfc3339: text).map { self($0) } ?? text.shown
  }

  private static func localOffset(_ time: Timestamp) -> Int {
    var seconds = time_t((Double(time.milliseconds) / 1000).rounded(.down))
    var parts = tm()
    localtime_r(&seconds, &parts)
    return parts.tm_gmtoff
  }

  /// `+02:00`. Seconds, which offsets had before there were zones, are left out.
  private static func name(_ offset: Int) -> String {
    let minutes = abs(offset) / 60
    let parts = [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + String($0) }
    return (offset < 0 ? "-" : "+") + parts.joined(separator: ":")
  }
}
