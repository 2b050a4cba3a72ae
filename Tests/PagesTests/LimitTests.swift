import ImageModel
import TestSupport
import Testing

@testable import History
@testable import Pages

/// However much there is, a page stays small.
@Suite struct LimitTests {
  private static let path = String(repeating: "a-long-name/", count: 10) + "x"

  @Test func aPageOfManyTags() throws {
    let platforms = (0..<40).map { Platform(os: "linux", architecture: "arch\($0)", variant: "v8") }
    let tags = try (0..<WatchlistView.pageSize).map { number in
      let tag = TagReference(domain: "registry.example.com:5000", path: Self.path, tag: "v\(number)")
      let images = try platforms.map { try Samples.image($0, "a\(number % 10)", "b\(number % 10)") }
      return try Samples.status(tag, images: images) { state in
        state.failure = CheckFailure(.denied, String(repeating: "long words ", count: 30))
        state.failingSince = PageScenes.now
      }
    }
    let report = StatusReport(tags: tags, unknown: [], sinks: [], database: "/d")
    let part = WatchlistPage(tags: tags.map(\.record.tag), count: 10_000, words: ["failing": 10_000])
    let page = WatchlistView(WatchlistQuery(pageSize: WatchlistView.pageSize), part, report, now: PageScenes.now).page
    #expect(page.bytes.count < 300_000, "\(page.bytes.count) bytes")
    #expect(Markup.values(of: ["rel"], in: String(decoding: page.bytes, as: UTF8.self)).contains("next"))
  }

  /// A machine that sleeps at night, for three years: a state lasts for four days.
  @Test(arguments: [1, 8, 40]) func aTagThatIsNotSeenAtNight(platforms: Int) throws {
    let names = (0..<platforms).map { Platform(os: "linux", architecture: "arch\($0)") }
    let (day, nights) = (86_400, 4)
    let entries = try (0..<TagView.statesWanted).map { number in
      let begin = PageScenes.now.advanced(bySeconds: -(number + 1) * nights * day)
      let gaps = (0..<nights).reversed().map { night in
        ObservationGap(
          from: begin.advanced(bySeconds: night * day), to: begin.advanced(bySeconds: night * day + day / 3))
      }
      return HistoryEntry(
        firstSeen: begin, lastSeen: begin.advanced(bySeconds: nights * day), isCurrent: number == 0, ended: nil,
        digest: try Samples.digest("7"), mediaType: .ociIndex, event: .imageChanged,
        platforms: try names.map { try Samples.image($0, String(number), "1", .content) },
        first: SnapshotID(rawValue: Int64(1_000 - number)), last: SnapshotID(rawValue: Int64(1_000 - number)),
        previous: try Samples.previous(), gaps: gaps)
    }
    let timeline = Timeline(entries, until: PageScenes.now)
    #expect(timeline.gaps.count * timeline.bands.count <= Timeline.mostSegments + timeline.bands.count)
    #expect(timeline.gaps.map(\.count).reduce(0, +) == nights * timeline.states)
    // A third of the time, and each where it was.
    #expect(abs(timeline.gaps.map(\.width).reduce(0, +) - 100.0 / 3) < 1)
    for (one, next) in zip(timeline.gaps, timeline.gaps.dropFirst()) {
      #expect(timeline.scale.x(one.from) + one.width <= timeline.scale.x(next.from))
    }
    let report = StatusReport(tags: [], unknown: [], sinks: [], database: "/d")
    let tag = TagReference(domain: "registry.example.com:5000", path: Self.path, tag: "v1")
    let page = TagView(tag, report, entries, now: PageScenes.now).page
    let words = String(decoding: page.bytes, as: UTF8.self).firstMatch(
      of: /<title>not seen ([45]) times, for ([0-9]+) hours in all, from/)
    #expect(try Int(#require(words).output.2) == 8 * (Int(try #require(words).output.1) ?? 0))
    #expect(page.bytes.count < 800_000, "\(page.bytes.count) bytes")
  }

  @Test(arguments: [1, 2, 40]) func aTagOfManyStates(platforms: Int) throws {
    let names = (0..<platforms).map { Platform(os: "linux", architecture: "arch\($0)") }
    let tag = TagReference(domain: "registry.example.com:5000", path: Self.path, tag: "v1")
    let entries = try (0..<TagView.statesWanted).map { number in
      let time = PageScenes.now.advanced(bySeconds: -number * 3_600)
      let images = try names.map { try Samples.image($0, String(number), String(number), .content) }
      return HistoryEntry(
        firstSeen: time, lastSeen: time, isCurrent: number == 0, ended: nil, digest: try Samples.digest("7"),
        mediaType: .ociIndex, event: .imageChanged, platforms: images,
        first: SnapshotID(rawValue: Int64(1_000 - number)), last: SnapshotID(rawValue: Int64(1_000 - number)),
        previous: try Samples.previous())
    }
    let timeline = Timeline(entries, until: PageScenes.now)
    #expect(timeline.bands.count == min(platforms, Timeline.mostBands))
    #expect(timeline.bands.map(\.segments.count).reduce(0, +) <= Timeline.mostSegments)
    #expect(timeline.omittedBands == max(0, platforms - Timeline.mostBands))
    let report = StatusReport(tags: [], unknown: [], sinks: [], database: "/d")
    let page = TagView(tag, report, entries, now: PageScenes.now).page
    let markup = String(decoding: page.bytes, as: UTF8.self)
    #expect(markup.contains("Earlier states are not drawn."))
    #expect(markup.contains("rel=\"next\""))
    #expect(markup.contains("more platforms nothing is drawn") == (platforms > Timeline.mostBands))
    #expect(page.bytes.count < 800_000, "\(page.bytes.count) bytes")
  }
}
