package import ImageModel

/// A time, as people write them.
package enum TimeArgument {
  package static let help = "2026-09-17T15:00, a date, 15:00, today, yesterday, or how long ago: 15m, 2h, 7d, 2w"
  private static let forms =
    "a time (2026-09-17T21:30, 21:30, with a zone 2026-09-17T21:30:05Z), a day (2026-09-17, yesterday), "
    + "or how long ago (30s, 15m, 2h, 7d, 2w)"
  private static let daySeconds = 86_400

  /// - Parameter zone: of what names none: that in which times are shown.
  package static func parse(
    _ text: String?, option: String, now: Timestamp, zone: TimeText = TimeText(isLocal: false),
    as spelling: Spelling = .option
  ) throws(QuestionError) -> Timestamp? {
    guard let text else { return nil }
    guard let time = time(text, now: now, zone: zone) else {
      throw QuestionError(
        .usage,
        "not a time (\(spelling(option, text.safe(limit: 100)))): write \(forms), as in \(spelling(option, "15m"))")
    }
    return time
  }

  /// RFC 3339, also with a blank in place of the `T`, without seconds, without a zone; a day, which is its beginning;
  /// a time of today; how long ago.
  package static func time(_ text: String, now: Timestamp, zone: TimeText) -> Timestamp? {
    if let time = Timestamp(rfc3339: text) { return time }
    if let seconds = seconds(text) { return now.advanced(bySeconds: -seconds) }
    let today = zone.wall(now)
    let days = ["today": today, "yesterday": today.advanced(bySeconds: -daySeconds)].mapValues { date($0) }
    let parts = text.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }.map(String.init)
    guard let first = parts.first, parts.count <= 2 else { return nil }
    if parts.count == 1, first.contains(":") { return wall(date(today), first).map(zone.time(wall:)) }
    let day = days[first] ?? first
    guard day.utf8.count == 10 else { return nil }
    guard parts.count == 2 else { return wall(day, "00:00").map(zone.time(wall:)) }
    return wall(day, parts[1]).map(zone.time(wall:)) ?? Timestamp(rfc3339: "\(day)T\(withSeconds(parts[1]))")
  }

  /// - Throws: status 64 where nothing can be both.
  package static func check(
    since: Timestamp?, until: Timestamp?, zone: TimeText = TimeText(isLocal: false), as spelling: Spelling = .option
  ) throws(QuestionError) {
    guard let since, let until, since > until else { return }
    throw QuestionError(
      .usage,
      "\(spelling("since")) is later than \(spelling("until")) (\(zone(since)) and \(zone(until)), \(zone.zone)): "
        + "nothing lies between; exchange them")
  }

  private static func date(_ wall: Timestamp) -> String { String(wall.description.prefix(10)) }

  /// What clocks show, as if they were of UTC.
  private static func wall(_ day: String, _ clock: String) -> Timestamp? {
    Timestamp(rfc3339: "\(day)T\(withSeconds(clock))Z")
  }

  /// `15:00` and `15:00+02:00` with the seconds that RFC 3339 wants.
  private static func withSeconds(_ clock: String) -> String {
    let rest = clock.dropFirst(5)
    return rest.first == ":" || rest.first == "." ? clock : clock.prefix(5) + ":00" + rest
  }

  private static func seconds(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": daySeconds, "w": 7 * daySeconds]
    guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
    let digits = text.dropLast()
    // Nine digits of weeks are more than there is history.
    guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(digits).map { $0 * unit }
  }
}
