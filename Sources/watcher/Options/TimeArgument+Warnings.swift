import ImageModel
import Questions

/// Times of options that may be a slip.
extension TimeArgument {
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
}
