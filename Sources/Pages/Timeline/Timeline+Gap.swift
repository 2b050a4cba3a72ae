import History
import ImageModel

extension Timeline {
  /// Times for which nobody saw the tag, so close to each other that they are drawn as one.
  struct Gap {
    let from: Timestamp
    private(set) var to: Timestamp
    private(set) var count = 1
    private(set) var seconds: Int
    /// What they take of the whole width together, in percent.
    private(set) var width: Double

    private init(_ gap: ObservationGap, on scale: TimeScale) {
      (from, to, seconds) = (gap.from, gap.to, Self.seconds(gap))
      width = scale.x(gap.to) - scale.x(gap.from)
    }

    /// - Parameter bands: in how many each is drawn; in all of them together as many as there may be segments.
    static func together(_ gaps: [ObservationGap], on scale: TimeScale, bands: Int) -> [Gap] {
      let room = max(TimeScale.least, 100 * Double(bands) / Double(mostSegments))
      var groups: [Gap] = []
      for gap in gaps.sorted(by: { $0.from < $1.from }) {
        if let group = groups.last, scale.x(gap.from) - scale.x(group.from) < room {
          groups[groups.count - 1].add(gap, on: scale)
        } else {
          groups.append(Gap(gap, on: scale))
        }
      }
      return groups
    }

    private mutating func add(_ gap: ObservationGap, on scale: TimeScale) {
      to = max(to, gap.to)
      count += 1
      seconds += Self.seconds(gap)
      // Clocks that were set back make them overlap.
      width = min(width + scale.x(gap.to) - scale.x(gap.from), scale.x(to) - scale.x(from))
    }

    private static func seconds(_ gap: ObservationGap) -> Int {
      Int((gap.to.milliseconds - gap.from.milliseconds) / 1_000)
    }
  }
}
