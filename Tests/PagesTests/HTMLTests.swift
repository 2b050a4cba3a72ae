import TestSupport
import Testing

@testable import Pages

@Suite struct HTMLTests {
  @Test(
    arguments: [
      ("plain text/1:2", "plain text/1:2"), ("<b>", "&lt;b&gt;"), ("\"'&", "&quot;&#39;&amp;"), ("&amp;", "&amp;amp;"),
      ("ä→", "ä→"), ("a\u{202e}b\n", "a\\u{202e}b\\u{a}"), ("\u{0}<", "\\u{0}&lt;"), ("<\u{301}", "&lt;\u{301}"),
      ("", ""),
    ])
  func textIsEscaped(text: String, markup: String) {
    let html: HTML = "<p title=\"\(text)\">\(text)</p>"
    #expect(html.markup == "<p title=\"\(markup)\">\(markup)</p>")
  }

  @Test func markupIsNotEscapedAgain() {
    let part: HTML = "<b>\("&")</b>"
    let html: HTML = "\(part)\([part, part])\([part, part].joined(", "))\(7)"
    #expect(html.markup == Array(repeating: "<b>&amp;</b>", count: 4).joined() + ", <b>&amp;</b>7")
  }

  /// An image looks the same everywhere, and different images mostly look different.
  @Test func marksAreSpread() throws {
    var random = TestRandom(stream: 1)
    let digests = try (0..<2_000).map { _ in
      try Samples.digest(String(format(UInt64.random(in: 0 ... .max, using: &random))))
    }
    let marks = digests.map { ImageMark($0) }
    #expect(marks == digests.map { ImageMark($0) })
    let counts = Dictionary(grouping: marks) { $0 }.values.map(\.count)
    #expect(counts.count == ImageMark.colours * ImageMark.patterns)
    #expect((counts.max() ?? 0) < 120, "\(counts)")
  }

  private func format(_ number: UInt64) -> String {
    let hex = String(number, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}
