import ImageModel
import TestSupport
import Testing

@testable import watcher

@Suite struct TextTests {
  @Test func tableIsAsWideAsItsTexts() {
    var table = TextTable(["NAME", .init("SIZE", isRight: true), "LAST"])
    table.rows = [["a", "1", "x"], ["longer", "", ""], ["é", "12345", ""]]
    #expect(
      table.lines(Style(isOn: false)) == [
        "NAME     SIZE  LAST",
        "a           1  x",
        "longer",
        "é       12345",
      ])
  }

  @Test func tableWithoutHeadingsAndWithEmptyColumns() {
    var table = TextTable(["", "", ""])
    table.rows = [["a", "", "b"], ["ccc", "", "d"]]
    #expect(table.lines(Style(isOn: false)) == ["a    b", "ccc  d"])
    #expect(TextTable([""]).lines(Style(isOn: false)).isEmpty)
  }

  /// Colours take no room, and blanks are not coloured.
  @Test func tableInColour() {
    var table = TextTable(["A", "B"])
    table.rows = [[.init("x", .bad), .init("y")], [.init("long"), .init("")]]
    #expect(
      table.lines(Style(isOn: true)) == [
        "\u{1b}[2mA\u{1b}[0m     \u{1b}[2mB\u{1b}[0m",
        "\u{1b}[31mx\u{1b}[0m     y",
        "long",
      ])
  }

  @Test(
    arguments: [
      (.auto, true, [:], true), (.auto, false, [:], false), (.auto, true, ["NO_COLOR": "1"], false),
      (.auto, true, ["NO_COLOR": ""], true), (.auto, true, ["TERM": "dumb"], false), (.never, true, [:], false),
      (.always, false, ["NO_COLOR": "1", "TERM": "dumb"], true),
    ] as [(ColorChoice, Bool, [String: String], Bool)])
  func colourIsForTerminals(choice: ColorChoice, isTerminal: Bool, environment: [String: String], expected: Bool) {
    #expect(Style.isWanted(choice, isTerminal: isTerminal, environment: environment) == expected)
  }

  @Test func digestsAreShortUnlessFull() throws {
    let digest = try Samples.digest("0123456789abcdef")
    #expect(DigestText(isFull: false)(digest) == "0123456789ab")
    #expect(DigestText(isFull: true)(digest) == digest.description)
    #expect(DigestText(isFull: false)(nil) == "-")
    #expect(DigestText(isFull: true)(nil) == "-")
  }

  @Test func itemsFillLines() {
    let items = ["aaaa", "bbbb", "cccc"]
    #expect(Lines.of(items: items, width: 14) == ["    aaaa  bbbb", "    cccc"])
    #expect(Lines.of(items: items, by: 1, width: 12) == ["    aaaa", "    bbbb", "    cccc"])
    #expect(Lines.of(items: items, by: 1, width: 3) == ["    aaaa", "    bbbb", "    cccc"])
    #expect(Lines.of(items: items, width: nil) == ["    aaaa  bbbb  cccc"])
    #expect(Lines.of(items: [], width: nil).isEmpty && Lines.of("", width: 9).isEmpty)
  }

  @Test(arguments: [
    ("a sentence of some words", nil, ["a sentence of some words"]), ("a bb cc dd", 7, ["a bb", "cc dd"]),
    // The last word is not left alone where another can go with it.
    ("aa bb cc d", 8, ["aa bb", "cc d"]), ("aaa bbb cc", 7, ["aaa bbb", "cc"]),
    ("a b cccc ddddd", 8, ["a b cccc", "ddddd"]),
    ("it ended 2026-09-17 21:30:05", 22, ["it ended", "2026-09-17 21:30:05"]),
    ("use 'watcher run', or not", 17, ["use", "'watcher run', or", "not"]),
    ("use 'watcher run'", 10, ["use", "'watcher", "run'"]), ("wider-than-it", 5, ["wider-than-it"]),
  ])
  func sentencesAreFolded(text: String, width: Int?, lines: [String]) {
    #expect(Lines.of(text, width: width, margin: 0) == lines)
  }
}
