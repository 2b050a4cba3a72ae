import ImageModel

/// The marks of a time axis, from a minute to years: at round times of the calendar, in UTC.
struct TimeTicks {
  struct Tick: Hashable {
    let time: Timestamp
    let label: String
  }

  private static let most = 8
  private static let day = 86_400

  /// How far marks are apart.
  private enum Step: Hashable {
    case seconds(Int)
    case months(Int)

    /// A month is longer than that.
    var milliseconds: Int64 {
      switch self {
      case .seconds(let count): Int64(count) * 1_000
      case .months(let count): Int64(count) * 28 * 86_400_000
      }
    }
  }

  private static let steps: [Step] =
    [10, 15, 30].map { .seconds($0) } + [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map { .seconds($0 * 60) }
    + [1, 2, 3, 7, 14].map { .seconds($0 * day) } + [1, 2, 3, 6, 12, 24, 60, 120].map { .months($0) }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func between(_ first: Timestamp, _ last: Timestamp) -> [Tick] {
    let span = last.milliseconds - first.milliseconds
    guard span > 0, let step = steps.first(where: { span / $0.milliseconds < most }) ?? steps.last else { return [] }
    return times(step, first, last).map { Tick(time: $0, label: label($0, step)) }
  }

  private static func times(_ step: Step, _ first: Timestamp, _ last: Timestamp) -> [Timestamp] {
    switch step {
    case .seconds:
      // 1970 began on a Thursday; weeks begin on Mondays.
      let offset: Int64 = step.milliseconds % (7 * 86_400_000) == 0 ? 4 * 86_400_000 : 0
      let past = (first.milliseconds - offset) % step.milliseconds
      let start = first.milliseconds - (past < 0 ? past + step.milliseconds : past)
      return stride(from: start, through: last.milliseconds, by: Int(step.milliseconds))
        .map { Timestamp(milliseconds: $0) }.filter { $0 >= first }
    case .months(let count):
      let (year, month) = date(first)
      let start = (year * 12 + month) / count * count
      return (0...(most + 2)).compactMap { beginning(ofMonth: start + $0 * count) }
        .filter { (first...last).contains($0) }
    }
  }

  /// Midnight is called by its day, January by its year.
  private static func label(_ time: Timestamp, _ step: Step) -> String {
    let (year, month) = date(time)
    switch step {
    case .months(let count): return count >= 12 || month == 0 ? String(year) : months[month]
    case .seconds(let count):
      let clock = String(time.description.dropFirst(11).prefix(8))
      guard count >= day || clock == "00:00:00" else { return count < 60 ? clock : String(clock.prefix(5)) }
      return "\(Int(time.description.dropFirst(8).prefix(2)) ?? 1) \(months[month])"
    }
  }

  /// The year, and the month from 0 on.
  private static func date(_ time: Timestamp) -> (year: Int, month: Int) {
    let text = time.description
    return (Int(text.prefix(4)) ?? 1970, (Int(text.dropFirst(5).prefix(2)) ?? 1) - 1)
  }

  /// - Parameter number: of months since the year 0.
  private static func beginning(ofMonth number: Int) -> Timestamp? {
    func digits(_ number: Int, _ count: Int) -> String { String(String(10_000 + number).suffix(count)) }
    return Timestamp(rfc3339: "\(digits(number / 12, 4))-\(digits(number % 12 + 1, 2))-01T00:00:00Z")
  }
}
