import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

/// `status` of many tags: what fails in one way is told once on a terminal, and nothing is left out elsewhere.
@Suite struct ManyTagsTests {
  private let now = Timestamp(milliseconds: 1_790_812_800_000)

  private func text(failing: Int, well: Int, width: Int?, showsAll: Bool = false) throws -> [Substring] {
    let tags =
      try (0..<failing).map { number in
        try Samples.status(TagReference(domain: "r.example", path: "app", tag: "f\(number)")) { state in
          state.failingSince = now
          state.failure = CheckFailure(.tls, "expired \(number)")
        }
      }
      + (0..<well).map { number in
        try Samples.status(TagReference(domain: "r.example", path: "app", tag: "w\(number)")) { state in
          state.lastSuccess = now
          state.lastMove = Timestamp(milliseconds: Int64(number))
        }
      }
    let report = StatusReport(tags: tags, unknown: [], sinks: [], database: "/x.db")
    return StatusRendering(report: report, total: tags, now: now, showsAll: showsAll).text(TextFormat(width: width))
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test func aKindIsToldOnceOnATerminal() throws {
    let lines = try text(failing: 3_000, well: 300, width: 120)
    #expect(lines[0] == "3300 tags: 300 ok, 3000 failing")
    #expect(lines.contains { $0.hasPrefix("failing  3000 tags of r.example") })
    #expect(lines.contains("    r.example/app:f0, r.example/app:f1, r.example/app:f10 and 2997 more"))
    #expect(lines.contains { $0.hasPrefix("    since 2026-") && $0.hasSuffix(", now tls: expired 0") })
    // The newest change first.
    #expect(lines.filter { $0.hasPrefix("ok ") }.first?.contains("r.example/app:w299 ") == true)
    #expect(lines.contains("and 250 more tags that do not fail: --all shows all"))
    #expect(lines.count < 70, "\(lines.count)")
  }

  @Test(arguments: [nil, 120]) func allAreThereOtherwise(width: Int?) throws {
    let lines = try text(failing: 300, well: 100, width: width, showsAll: width != nil)
    #expect(lines.filter { $0.hasPrefix("failing ") }.count == 300)
    #expect(lines.filter { $0.hasPrefix("ok ") }.count == 100)
  }

  @Test func fewHaveARowEach() throws {
    let lines = try text(failing: 3, well: 50, width: 120)
    #expect(lines.filter { $0.hasPrefix("failing ") }.count == 3 && lines.filter { $0.hasPrefix("ok ") }.count == 50)
    #expect(!lines.contains { $0.contains("--all") })
  }

  @Test(arguments: [
    (29, "; it counts as deleted if it is still missing after "),
    (31, "; it counts as deleted if the next check does not find it"),
  ])
  func whatSeemsDeletedSaysWhenItWillBe(minutes: Int, words: String) throws {
    let tag = try Samples.status(Samples.tag) { state in
      state.lastSuccess = now.advanced(bySeconds: -3_600)
      state.missingSince = now.advanced(bySeconds: -minutes * 60)
      state.missingCount = 2
      state.failure = CheckFailure(.tagMissing, "gone")
    }
    let report = StatusReport(tags: [tag], unknown: [], sinks: [], database: "/x.db")
    let text = StatusRendering(report: report, total: [tag], now: now).text(TextFormat())
    #expect(text.contains("    tag_missing: gone\(words)"))
  }
}
