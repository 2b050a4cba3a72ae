import Answers
import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

@Suite struct HistoryRenderingTests {
  @Test func textFitsATerminal() throws {
    let text = HistoryRendering(tag: Samples.tag, entries: try Samples.historyEntries()).text(TextFormat(width: 80))
    #expect(
      text == """
        docker.io/library/amazonlinux:latest, times in UTC

        2026-09-17 21:30:05 – 2026-09-18 10:15:00  current  image changed · rebuilt
          linux/amd64  image dddddddddddd  manifest bbbbbbbbbbbb  created 2026-09-17
          linux/arm64  image eeeeeeeeeeee  manifest cccccccccccc
          index 777777777777

        2026-09-14 23:50:00 – 2026-09-17 21:15:04  deleted  image changed
          linux/amd64  content  image 222222222222  manifest 111111111111
          linux/arm64  rebuilt  image 444444444444  manifest 333333333333
          linux/s390x  -        image 555555555555  manifest 555555555555
          index 666666666666

        2026-09-01 00:00:00 – 2026-09-14 23:35:00  first seen
          -  image -  manifest 000000000000

        """)
  }

  @Test func textWithDigestsInFull() throws {
    let format = TextFormat(digests: DigestText(isFull: true))
    let text = HistoryRendering(tag: Samples.tag, entries: try Samples.historyEntries()).text(format)
    let (image, manifest, index) = (try Samples.digest("d"), try Samples.digest("b"), try Samples.digest("7"))
    #expect(
      text.contains(
        """
         current  image changed · rebuilt
          linux/amd64  created 2026-09-17
            image     \(image)
            manifest  \(manifest)
          linux/arm64
            image     \(try Samples.digest("e"))
            manifest  \(try Samples.digest("c"))
          index \(index)

        """))
    #expect(text.contains("\n  linux/amd64  content  created 2026-09-14\n    image     "))
    #expect(text.contains("\n  linux/s390x  -\n    image     "))
  }

  @Test func returnAfterDeletionIsNamed() throws {
    let image = [try Samples.image(Samples.amd64, "1", "2")]
    let back = try Samples.entry("2026-09-03T00:00:00Z", "2026-09-03T00:00:00Z", isCurrent: true, "6", nil, image)
    let moved = try Samples.entry("2026-09-02T00:00:00Z", "2026-09-02T00:00:00Z", ended: .deleted, "6", nil, image)
    let first = try Samples.entry("2026-09-01T00:00:00Z", "2026-09-01T00:00:00Z", "6", .tagFirstSeen, image)
    let text = HistoryRendering(tag: Samples.tag, entries: [back, moved, first]).text(TextFormat())
    #expect(text.contains("current  restored\n"))
    #expect(text.contains("deleted  moved\n"))
  }

  @Test func nothingInRange() {
    let rendering = HistoryRendering(tag: Samples.tag, entries: [])
    #expect(rendering.text(TextFormat()) == "docker.io/library/amazonlinux:latest, nothing recorded\n")
    #expect(
      HistoryAnswer(tag: Samples.tag, entries: []).json.bytes
        == Array(#"{"tag":"docker.io/library/amazonlinux:latest","entries":[]}"#.utf8))
  }

  @Test func nothingForAPlatform() {
    let rendering = HistoryRendering(tag: Samples.tag, platforms: [Samples.amd64, Samples.arm64], entries: [])
    #expect(
      rendering.text(TextFormat())
        == "docker.io/library/amazonlinux:latest, nothing recorded for linux/amd64, linux/arm64\n")
    #expect(
      HistoryAnswer(tag: Samples.tag, entries: []).json.bytes
        == Array(#"{"tag":"docker.io/library/amazonlinux:latest","entries":[]}"#.utf8))
  }

  /// Neither an image's words nor those of a registry reach the terminal as they are.
  @Test func foreignTextIsSafe() throws {
    let entry = try Samples.entry(
      "2026-09-01T00:00:00Z", "2026-09-01T00:00:00Z", "6", .tagFirstSeen,
      [try Samples.image(Samples.amd64, "1", "2", created: "\u{1b}]52;c;x\u{7}")])
    let tag = TagReference(domain: "a.b", path: "x\u{202e}y", tag: "\u{9b}1")
    let text = HistoryRendering(tag: tag, entries: [entry]).text(TextFormat())
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "–" || $0 == "·" || (0x20..<0x7f).contains($0.value) })
  }

  @Test(
    arguments: [
      (["docker.io/library/a:1", "docker.io/library/a:2"], 2, "known here: a:1, a:2"),
      (["ghcr.io/x/a:1"], 1, "known here: ghcr.io/x/a:1"), ([], 0, "'watcher status' lists the watched tags"),
      ((1...5).map { "a:\($0)" }, 7, "known here: a:1, a:2, a:3, a:4, a:5 and 2 more"),
    ] as [([String], Int, String)])
  func unknownTagsAreHelpedWith(near: [String], count: Int, hint: String) throws {
    let first = try near.map { try ReferenceArgument.tag($0) }
    #expect(KnownTags.hint(NearTags(first: first, count: count)) == hint)
  }

  @Test func unknownTagsAreHelpedWithWhereNothingIsRecorded() {
    let hint = KnownTags.hint(NearTags(first: [], count: 0, isEmpty: true))
    #expect(hint == "nothing has been recorded yet; 'watcher check' or 'watcher run' does")
  }
}
