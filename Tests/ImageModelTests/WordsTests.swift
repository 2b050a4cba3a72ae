import ImageModel
import Testing

@Suite struct WordsTests {
  @Test(arguments: ["plain", "", "\u{9b}31m", "\u{202e}txt", "a\nb", String(repeating: "x", count: 600)])
  func shownTextIsSafe(text: String) {
    #expect(text.shown == text.safe())
  }

  @Test func wordsAreCounted() {
    #expect([0, 1, 2].map { Words.count($0, "tag") } == ["0 tags", "1 tag", "2 tags"])
    #expect([1, 2].map { Words.count($0, "registry", "registries") } == ["1 registry", "2 registries"])
    #expect(Words.list([], limit: 2).isEmpty)
    #expect(Words.list(["a", "b"], limit: 2) == "a, b")
    #expect(Words.list(["a", "b", "c"], limit: 2) == "a, b and 1 more")
  }
}
