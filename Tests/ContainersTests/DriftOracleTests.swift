import Containers
import History
import ImageModel
import TestSupport
import Testing

/// Containers of every image, over histories that chance wrote, against what reading them minute by minute says.
@Suite struct DriftOracleTests {
  /// A time in which a tag named one image for a platform.
  private struct Run {
    let image: UInt8
    let first: Int
    let event: String
    let change: ChangeClass
    /// When it was deleted.
    var end: Int?

    func ended(_ minute: Int) -> Run {
      var run = self
      run.end = minute
      return run
    }
  }

  @Test(arguments: 0..<60) func agrees(_ stream: UInt64) throws {
    var random = TestRandom(stream: stream)
    let past = try RecordedPast()
    var runs: [Platform: [Run]] = [:]
    var isThere = false
    for _ in 0..<Int.random(in: 1...25, using: &random) {
      let minute = past.minute
      if isThere, Int.random(in: 0..<6, using: &random) == 0 {
        try past.delete()
        runs = runs.mapValues { all in all.dropLast() + all.suffix(1).map { $0.ended(minute) } }
        isThere = false
        continue
      }
      let seed = UInt8.random(in: 1...5, using: &random)
      let change: ChangeClass? = runs.isEmpty ? nil : [.content, .rebuilt].randomElement(using: &random)
      // Of one platform the image may stay as it was.
      let kept = isThere && Bool.random(using: &random) ? Samples.arm64 : nil
      let old = runs[Samples.arm64]?.last?.image ?? 0
      try past.move(to: seed, change, keeping: kept, of: old)
      for platform in [Samples.amd64, Samples.arm64] {
        let image = platform == kept ? old : seed
        if isThere, runs[platform]?.last?.image == image { continue }
        runs[platform, default: []].append(
          Run(image: image, first: minute, event: "event-\(minute)", change: change ?? .added))
      }
      isThere = true
    }
    let reader = try past.reader()
    for platform in [Samples.amd64, Samples.arm64] {
      for image in UInt8(1)...6 {
        let container = RunningContainer(
          name: "web", image: "amazonlinux", platform: platform, digests: [KnownDigest(past.id(image, platform), .id)])
        let drift = try #require(reader.drift(of: [container]).first)
        try expect(drift, runs[platform] ?? [], image, past)
      }
    }
  }

  private func expect(_ drift: ContainerDrift, _ runs: [Run], _ image: UInt8, _ past: RecordedPast) throws {
    guard let found = runs.lastIndex(where: { $0.image == image }) else {
      #expect(drift.state == .other)
      return
    }
    let later = runs[(found + 1)...]
    let isGone = runs.last?.end != nil
    #expect(drift.wasCurrent?.lowerBound == past.time(runs[found].first))
    guard !later.isEmpty || isGone else {
      #expect(drift.state == .current && drift.behind == nil)
      return
    }
    func ended(_ run: Run) -> [String] { run.end.map { ["event-\($0)"] } ?? [] }
    let ends = ended(runs[found])
    let classes = Set(later.map(\.change) + (isGone ? [.removed] : []))
    #expect(
      drift.behind
        == .init(
          states: later.count + (isGone ? 1 : 0),
          since: past.time(runs[found].end ?? later.first?.first ?? 0),
          classes: ChangeClass.allCases.filter(classes.contains),
          changes: ends + later.flatMap { [$0.event] + ended($0) },
          rollback: drift.behind?.rollback))
  }
}
