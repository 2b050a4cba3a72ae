import Glibc
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

  @Test(arguments: ["2026-09-17T21:30:05.999Z", "1969-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"])
  func timesAreUTC(text: String) throws {
    let time = try Samples.time(text)
    #expect(TimeText(isLocal: false)(time) == text.prefix(10) + " " + text.dropFirst(11).prefix(8))
    #expect(TimeText(isLocal: false)(nil) == "-")
  }

  /// Local time is UTC moved by the zone's offset at that time, whatever the zone of this machine.
  @Test(arguments: ["2026-01-17T21:30:05.999Z", "2026-07-17T21:30:05Z", "1969-12-31T23:59:59.999Z"])
  func timesAreLocal(text: String) throws {
    let time = try Samples.time(text)
    var seconds = time_t(time.milliseconds / 1000 - (time.milliseconds < 0 ? 1 : 0))
    var parts = tm()
    localtime_r(&seconds, &parts)
    let moved = time.advanced(bySeconds: parts.tm_gmtoff)
    // Behind it is an offset where that is not the one of now.
    #expect(TimeText(isLocal: true)(time).prefix(19) == TimeText(isLocal: false)(moved))
  }

  /// The offset of now is said once; a time with another one says so itself.
  @Test(
    arguments: [
      ("2026-07-01T00:00:00Z", "UTC+02:00", "2026-01-17 22:30:05+01:00", "2026-07-17 23:30:05"),
      ("2026-01-01T00:00:00Z", "UTC+01:00", "2026-01-17 22:30:05", "2026-07-17 23:30:05+02:00"),
    ])
  func offsetsAreNamed(now: String, zone: String, winter: String, summer: String) throws {
    let april = try Samples.time("2026-04-01T00:00:00Z")
    let times = TimeText(now: try Samples.time(now)) { $0 < april ? 3_600 : 7_200 }
    #expect(times.zone == zone)
    #expect(times(try Samples.time("2026-01-17T21:30:05Z")) == winter)
    #expect(times(try Samples.time("2026-07-17T21:30:05Z")) == summer)
    #expect(times.day(created: "2026-01-17T23:30:05Z") == "2026-01-18")
  }

  @Test(arguments: [(0, "UTC"), (-12_600, "UTC-03:30"), (20_700, "UTC+05:45"), (50_400, "UTC+14:00")])
  func zonesAreNamed(offset: Int, zone: String) {
    #expect(TimeText(now: Timestamp(milliseconds: 0)) { _ in offset }.zone == zone)
    #expect(TimeText(isLocal: false).zone == "UTC")
  }

  @Test(
    arguments: [
      ("2026-09-14T23:46:16Z", "2026-09-14", "2026-09-14 23:46:16"),
      ("2026-09-14T23:46:16.123456789+02:00", "2026-09-14", "2026-09-14 21:46:16"),
      ("soon\u{1b}[0m", "soon\\u{1b}[0m", "soon\\u{1b}[0m"), (nil, "-", "-"),
    ] as [(String?, String, String)])
  func createdIsWhatTheImageSays(text: String?, day: String, time: String) {
    #expect(TimeText(isLocal: false).day(created: text) == day)
    #expect(TimeText(isLocal: false).created(text) == time)
  }

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
