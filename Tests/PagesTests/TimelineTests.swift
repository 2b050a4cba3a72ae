import ImageModel
import TestSupport
import Testing

@testable import History
@testable import Pages

@Suite struct TimelineTests {
  private static let platforms = [Samples.amd64, Samples.arm64, Platform(os: "linux", architecture: "s390x")]

  /// A history as it may come, newest first.
  private func history(
    _ count: Int, isSetBack: Bool, _ random: inout TestRandom
  ) throws -> (entries: [HistoryEntry], end: Timestamp) {
    var time = Timestamp(milliseconds: 1_700_000_000_000)
    var entries: [HistoryEntry] = []
    for number in 0..<count {
      let images = try Self.platforms.filter { _ in Int.random(in: 0..<8, using: &random) > 0 }.map { platform in
        try Samples.image(
          platform, "\(number % 10)", "\(Int.random(in: 0..<6, using: &random))",
          [.content, .rebuilt, nil].randomElement(using: &random) ?? nil)
      }
      let seconds = [1, 60, 3_600, 86_400, 90 * 86_400].randomElement(using: &random) ?? 1
      let last = time.advanced(bySeconds: Int.random(in: 0...seconds, using: &random))
      let isLast = number == count - 1
      entries.append(
        HistoryEntry(
          firstSeen: time, lastSeen: last, isCurrent: isLast,
          ended: !isLast && Int.random(in: 0..<6, using: &random) == 0 ? .deleted : nil,
          digest: try Samples.digest("1"),
          mediaType: .ociIndex, event: .imageChanged, platforms: images, first: 1, last: 1, previous: nil,
          gaps: Bool.random(using: &random) ? [ObservationGap(from: time, to: last)] : []))
      let step = isSetBack && Int.random(in: 0..<10, using: &random) == 0 ? -seconds : seconds + 1
      time = last.advanced(bySeconds: step)
    }
    return (entries.reversed(), time)
  }

  @Test func everyStateIsDrawnInItsOrder() throws {
    var random = TestRandom(stream: 2)
    for number in 0..<200 {
      let isSetBack = number % 2 == 0
      let (entries, end) = try history(Int.random(in: 1..<40, using: &random), isSetBack: isSetBack, &random)
      let timeline = Timeline(entries, until: end)
      #expect(timeline.bands.count == Set(entries.flatMap(\.platforms).map(\.platform)).count)
      for band in timeline.bands {
        for (one, next) in zip(band.segments, band.segments.dropFirst()) { #expect(one.end <= next.start) }
        for segment in band.segments {
          #expect(segment.start <= segment.end)
          #expect(timeline.scale.x(segment.start) <= timeline.scale.x(segment.end))
        }
        // What is drawn, one after another, is what the platform was, as often as it changed.
        let states = entries.reversed().map { state in state.platforms.first { $0.platform == band.platform }?.identity
        }
        let drawn = band.segments.map(\.identity)
        let ends = entries.reversed().map { $0.ended != nil }
        var expected: [Digest] = []
        for (index, identity) in states.enumerated() {
          let goesOn = index > 0 && states[index - 1] == identity && !ends[index - 1]
          if let identity, !goesOn { expected.append(identity) }
        }
        #expect(Set(drawn) == Set(expected))
        // Between times that run backwards nothing may be left to draw.
        #expect(isSetBack ? drawn.count <= expected.count : drawn == expected)
      }
      let current = timeline.bands.flatMap(\.segments).filter(\.isCurrent)
      #expect(current.count == entries[0].platforms.count)
      #expect(current.allSatisfy { timeline.scale.x($0.end) == 100 })
      #expect(timeline.deletions.count == entries.count { $0.ended != nil })
    }
  }

  /// What nobody has seen for long is not shown as if it held.
  @Test func silenceIsTold() throws {
    let scene = PageScenes(text: "")
    func page(_ now: Timestamp) throws -> String {
      String(
        decoding: TagView(scene.tag, try scene.report, try scene.states, now: now).page.bytes, as: UTF8.self)
    }
    let gaps = { (page: String) in page.matches(of: /<g class="gap">/).count }
    let (now, later) = (try page(PageScenes.now), try page(PageScenes.now.advanced(bySeconds: 86_400)))
    #expect(!now.contains("</time> – ?") && later.contains("</time> – ?"))
    #expect(!later.contains("not seen for 24 hours"), "why it fails is told, and since when")
    // Of the two platforms that are there.
    #expect(gaps(later) == gaps(now) + 2)
  }

  @Test func timesLieInOrderAndApart() {
    var random = TestRandom(stream: 3)
    for _ in 0..<200 {
      let moments = (0..<Int.random(in: 2..<400, using: &random)).map { _ in
        Timestamp(milliseconds: 1_700_000_000_000 + Int64.random(in: 0..<100_000_000_000, using: &random))
      }
      let times = Set(moments).sorted()
      guard times.count > 1 else { continue }
      let scale = TimeScale(moments)
      let places = times.map { scale.x($0) }
      #expect(places.first == 0 && abs((places.last ?? 0) - 100) < 1e-9)
      let least = min(TimeScale.least, 100 / Double(times.count - 1))
      for (one, next) in zip(places, places.dropFirst()) { #expect(next - one >= least - 1e-9) }
      let between = Timestamp(milliseconds: (times[0].milliseconds + times[1].milliseconds) / 2)
      #expect((places[0]...places[1]).contains(scale.x(between)))
      #expect(
        scale.x(times[0].advanced(bySeconds: -9)) == 0 && scale.x(times[times.count - 1].advanced(bySeconds: 9)) == 100)
    }
  }

  @Test func timesInProportionStayThere() throws {
    let start = try Samples.time("2026-01-01T00:00:00Z")
    let scale = TimeScale([0, 10, 50, 100].map { start.advanced(bySeconds: $0 * 86_400) })
    #expect(
      [0, 10, 30, 50, 75, 100].map { scale.x(start.advanced(bySeconds: $0 * 86_400)) } == [0, 10, 30, 50, 75, 100])
  }

  @Test(
    arguments: [
      (
        "2026-09-17T20:31:00Z", "2026-09-17T20:32:00Z",
        ["20:31:00", "20:31:10", "20:31:20", "20:31:30", "20:31:40", "20:31:50", "20:32:00"]
      ), ("2026-09-17T20:31:00Z", "2026-09-17T20:41:00Z", ["20:32", "20:34", "20:36", "20:38", "20:40"]),
      ("2026-09-17T20:31:00Z", "2026-09-17T21:31:00Z", ["20:40", "20:50", "21:00", "21:10", "21:20", "21:30"]),
      ("2026-09-16T10:00:00Z", "2026-09-17T12:00:00Z", ["12:00", "18:00", "17 Sep", "06:00", "12:00"]),
      ("2026-09-10T00:00:00Z", "2026-09-15T01:00:00Z", ["10 Sep", "11 Sep", "12 Sep", "13 Sep", "14 Sep", "15 Sep"]),
      ("2026-08-31T00:00:00Z", "2026-09-30T00:00:00Z", ["31 Aug", "7 Sep", "14 Sep", "21 Sep", "28 Sep"]),
      ("2025-10-20T00:00:00Z", "2026-03-02T00:00:00Z", ["Nov", "Dec", "2026", "Feb", "Mar"]),
      ("2023-10-20T00:00:00Z", "2026-10-02T00:00:00Z", ["2024", "Jul", "2025", "Jul", "2026", "Jul"]),
      ("2010-10-20T00:00:00Z", "2030-10-02T00:00:00Z", ["2015", "2020", "2025", "2030"]),
    ])
  func axis(first: String, last: String, labels: [String]) throws {
    #expect(TimeTicks.between(try Samples.time(first), try Samples.time(last)).map(\.label) == labels)
  }

  @Test func fewMarksWhateverTheSpan() throws {
    let start = try Samples.time("2024-02-11T07:13:21Z")
    for minutes in (1..<600).map({ $0 * $0 }) + (1..<600).map({ $0 * $0 * 60 }) {
      let end = start.advanced(bySeconds: minutes * 60)
      let ticks = TimeTicks.between(start, end)
      #expect((3...9).contains(ticks.count), "\(minutes) minutes: \(ticks.map(\.label))")
      #expect(ticks.map(\.time) == ticks.map(\.time).sorted() && Set(ticks.map(\.time)).count == ticks.count)
      #expect(ticks.allSatisfy { (start...end).contains($0.time) })
    }
  }
}
