import ImageModel

/// Where times lie across a timeline, in percent: in proportion, but that no two of the moments that matter are so
/// close that what lies between them cannot be seen or pointed at.
struct TimeScale: Hashable {
  /// Between two moments.
  static let least = 0.4

  private let knots: [Knot]

  private struct Knot: Hashable {
    let time: Timestamp
    var x: Double
  }

  /// - Parameter moments: two different ones at least, in any order: the first of them lies at 0, the last at 100.
  init(_ moments: some Sequence<Timestamp>) {
    let times = Set(moments).sorted()
    guard let first = times.first, let last = times.last, first < last else {
      knots = times.map { Knot(time: $0, x: 0) }
      return
    }
    let least = min(Self.least, 100 / Double(times.count - 1))
    let span = Double(last.milliseconds - first.milliseconds)
    var knots = times.map { Knot(time: $0, x: 100 * Double($0.milliseconds - first.milliseconds) / span) }
    for index in knots.indices.dropFirst() { knots[index].x = max(knots[index].x, knots[index - 1].x + least) }
    // What was pushed over the end is pushed back, and what is in its way with it.
    knots[knots.count - 1].x = 100
    for index in knots.indices.dropLast().reversed() {
      knots[index].x = min(knots[index].x, knots[index + 1].x - least)
    }
    knots[0].x = 0
    self.knots = knots
  }

  var first: Timestamp? { knots.first?.time }
  var last: Timestamp? { knots.last?.time }

  /// Of a time outside, the nearer end.
  func x(_ time: Timestamp) -> Double {
    // The first knot that is not before it.
    var (low, high) = (0, knots.count)
    while low < high {
      let middle = (low + high) / 2
      if knots[middle].time < time { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return knots.first?.x ?? 0 }
    guard low < knots.count else { return knots.last?.x ?? 0 }
    let (before, after) = (knots[low - 1], knots[low])
    guard time < after.time else { return after.x }
    let part = Double(time.milliseconds - before.time.milliseconds)
    return before.x + (after.x - before.x) * part / Double(after.time.milliseconds - before.time.milliseconds)
  }
}
