import ImageModel

/// A time on the command line, as people write them.
enum TimeArgument {
  static let help = "2026-09-17T15:00, a date, 15:00, today, yesterday, or how long ago: 15m, 2h, 7d, 2w"
  private static let forms =
    "a time (2026-09-17T21:30, 21:30, with a zone 2026-09-17T21:30:05Z), a day (2026-09-17, yesterday), "
    + "or how long ago (30s, 15m, 2h, 7d, 2w)"
  private static let daySeconds = 86_400

  /// - Parameter zone: of what names none: that in which times are shown.
  static func parse(
    _ text: String?, option: String, now: Timestamp, zone: TimeText = TimeText(isLocal: false)
  ) throws(CommandError) -> Timestamp? {
    guard let text else { return nil }
    guard let time = time(text, now: now, zone: zone) else {
      throw CommandError(
        .usage, "not a time (--\(option) \(text.safe(limit: 100))): write \(forms), as in --\(option) 15m")
    }
    return time
  }

  /// RFC 3339, also with a blank in place of the `T`, without seconds, without a zone; a day, which is its beginning;
  /// a time of today; how long ago.
  static func time(_ text: String, now: Timestamp, zone: TimeText) -> Timestamp? {
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
  static func check(since: Timestamp?, until: Timestamp?, zone: TimeText) throws(CommandError) {
    guard let since, let until, since > until else { return }
    throw CommandError(
      .usage,
      "--since is later than --until (\(zone(since)) and \(zone(until)), \(zone.zone)): nothing lies between; "
        + "exchange them")
  }

  static func warn(since: Timestamp?, now: Timestamp, zone: TimeText) {
    warn(since, option: "since", "nothing is recorded from then on yet; look at the time", now, zone)
  }

  /// The same of an end, and of one moment: what will be then nobody knows.
  static func warn(until: Timestamp?, at time: Timestamp?, now: Timestamp, zone: TimeText) {
    for (option, time) in [("until", until), ("at", time)] {
      warn(time, option: option, "what is shown is what is known now; look at the time", now, zone)
    }
  }

  private static func warn(
    _ time: Timestamp?, option: String, _ consequence: String, _ now: Timestamp, _ zone: TimeText
  ) {
    guard let time, time > now else { return }
    Output.warning("--\(option) lies in the future (\(zone(time)) \(zone.zone)): \(consequence)")
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
