import ImageModel
import TestSupport
import Testing

@testable import Questions

@Suite struct ArgumentTests {
  static let now = Timestamp(milliseconds: 1_789_680_605_123)  // 2026-09-17T21:30:05.123Z

  @Test(
    arguments: [
      ("2026-09-01T10:00:00Z", "2026-09-01T10:00:00.000Z"),
      ("2026-09-01T10:00:00.5+02:00", "2026-09-01T08:00:00.500Z"),
      ("2026-09-01", "2026-09-01T00:00:00.000Z"),
      ("2026-09-01 10:11:12", "2026-09-01T10:11:12.000Z"),
      ("2026-09-01 10:11:12+02:00", "2026-09-01T08:11:12.000Z"),
      ("5s", "2026-09-17T21:30:00.123Z"), ("15m", "2026-09-17T21:15:05.123Z"), ("2h", "2026-09-17T19:30:05.123Z"),
      ("1d", "2026-09-16T21:30:05.123Z"), ("0s", "2026-09-17T21:30:05.123Z"),
      ("2w", "2026-09-03T21:30:05.123Z"), ("999999999w", "0000-01-01T00:00:00.000Z"),
      ("2026-09-01T10:11", "2026-09-01T10:11:00.000Z"), ("2026-09-01 10:11", "2026-09-01T10:11:00.000Z"),
      ("2026-09-01T10:11:12", "2026-09-01T10:11:12.000Z"), ("2026-09-01T10:11Z", "2026-09-01T10:11:00.000Z"),
      ("2026-09-01T10:11+02:00", "2026-09-01T08:11:00.000Z"), ("15:00", "2026-09-17T15:00:00.000Z"),
      ("23:59:59", "2026-09-17T23:59:59.000Z"), ("today", "2026-09-17T00:00:00.000Z"),
      ("yesterday", "2026-09-16T00:00:00.000Z"), ("yesterday 15:00", "2026-09-16T15:00:00.000Z"),
    ])
  func timesAreRead(text: String, expected: String) {
    #expect(TimeArgument.time(text, now: Self.now, zone: TimeText(isLocal: false))?.description == expected)
  }

  /// What names no zone is of the one in which times are shown, by its offset then.
  @Test(
    arguments: [
      ("2026-09-01T10:00:00Z", "2026-09-01T10:00:00.000Z"), ("2026-09-01 10:11", "2026-09-01T08:11:00.000Z"),
      ("2026-09-01", "2026-08-31T22:00:00.000Z"), ("2026-02-01", "2026-01-31T23:00:00.000Z"),
      ("15:00", "2026-09-17T13:00:00.000Z"), ("today", "2026-09-16T22:00:00.000Z"),
      ("yesterday", "2026-09-15T22:00:00.000Z"), ("2h", "2026-09-17T19:30:05.123Z"),
      ("2026-09-01 10:11:12+05:00", "2026-09-01T05:11:12.000Z"),
    ])
  func timesAreOfTheZoneThatIsShown(text: String, expected: String) throws {
    let april = try Samples.time("2026-04-01T00:00:00Z")
    let zone = TimeText(now: Self.now) { $0 < april ? 3_600 : 7_200 }
    #expect(TimeArgument.time(text, now: Self.now, zone: zone)?.description == expected)
  }

  /// Shortly before midnight of UTC it is tomorrow further east.
  @Test func todayIsThatOfTheZone() throws {
    let now = try Samples.time("2026-09-17T23:30:00Z")
    let zone = TimeText(now: now) { _ in 7_200 }
    #expect(TimeArgument.time("today", now: now, zone: zone)?.description == "2026-09-17T22:00:00.000Z")
    #expect(TimeArgument.time("00:30", now: now, zone: zone)?.description == "2026-09-17T22:30:00.000Z")
  }

  @Test(
    arguments: [
      "", " ", "now", "2026-02-30", "2026-9-1", "26-09-01", "2026-09-01 ", "2026-09-01  10:11:12", "2026-09-01T10",
      "10", "h", "-2h", "+2h", "2 h", "1.5h", "2y", "9999999999d", "٢h", "24:00", "9:30", "15:00.5", "15:00 today",
      "tomorrow", "today ", "15:00+02:00", "T15:00",
    ])
  func otherTextsAreNoTimes(text: String) {
    #expect(TimeArgument.time(text, now: Self.now, zone: TimeText(isLocal: false)) == nil)
    let error = #expect(throws: QuestionError.self) {
      try TimeArgument.parse(text, option: "since", now: Self.now)
    }
    #expect(error?.status == .usage)
    #expect(error?.message.hasPrefix("not a time (--since ") == true)
    #expect(error?.message.hasSuffix("or how long ago (30s, 15m, 2h, 7d, 2w), as in --since 15m") == true)
  }

  @Test func absentTimeIsNone() throws {
    #expect(try TimeArgument.parse(nil, option: "since", now: Self.now) == nil)
  }

  @Test func tagsAreReadOnceEach() throws {
    let tags = try ReferenceArgument.tags(["amazonlinux", "ghcr.io/o/i:1", "docker.io/library/amazonlinux:latest"])
    #expect(tags?.map(\.description) == ["docker.io/library/amazonlinux:latest", "ghcr.io/o/i:1"])
    #expect(try ReferenceArgument.tags([]) == nil)
    let spellings = ["[::1]:5000/a:1", "[0:0:0:0:0:0:0:1]:5000/a:1", "LOCALHOST/b:1", "localhost/b:1"]
    #expect(try ReferenceArgument.tags(spellings)?.map(\.description) == ["[::1]:5000/a:1", "localhost/b:1"])
  }

  @Test(
    arguments: [
      ("Foo", "repository names are lower case; write foo"), ("a b", "it does not fit"), ("", "it does not fit"),
      ("a@sha256:" + String(repeating: "1", count: 64), "name a tag"),
      ("sha256:" + String(repeating: "1", count: 64), "it is an image ID or a digest, not a name"),
      ("127.1:5000/a", "write 127.0.0.1:5000 if that is meant"), ("a\u{1b}[31m", "\\u{1b}"),
    ])
  func otherTextsAreNoTags(text: String, words: String) {
    let error = #expect(throws: QuestionError.self) { try ReferenceArgument.tag(text) }
    #expect(error?.status == .usage)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  /// What was pinned once is not what the history of the tag is about.
  @Test func digestBesideTagIsDropped() throws {
    let text = "a:1@sha256:" + String(repeating: "1", count: 64)
    #expect(try ReferenceArgument.tag(text).description == "docker.io/library/a:1")
  }

  @Test(
    arguments: [
      ([], []), (["*"], []), (["linux/amd64", "*"], []), (["linux/arm64/v8"], ["linux/arm64"]),
      (["linux/amd64,linux/arm/v7", "linux/x86_64"], ["linux/amd64", "linux/arm/v7"]),
    ] as [([String], [String])])
  func platformsAreRead(texts: [String], expected: [String]) throws {
    #expect(try ReferenceArgument.platforms(texts).map(\.description) == expected)
  }

  @Test(arguments: ["", "amd64", "linux/amd64,", "linux/", "linux/amd64/v1/x", "linux/am d64"])
  func otherTextsAreNoPlatforms(text: String) {
    let error = #expect(throws: QuestionError.self) { try ReferenceArgument.platforms([text]) }
    #expect(error?.status == .usage)
  }

  @Test(
    arguments: [("0", 0), ("42", 42), ("000000000042", 42), ("9223372036854775807", Int64.max)] as [(String, Int64)])
  func sequencesAreRead(text: String, expected: Int64) throws {
    #expect(try SequenceArgument.parse(text, option: "after").rawValue == expected)
  }

  @Test(arguments: ["", "-1", "+1", "1.0", " 1", "x", "0x1", "٣", "9223372036854775808"])
  func otherTextsAreNoSequences(text: String) {
    let error = #expect(throws: QuestionError.self) { try SequenceArgument.parse(text, option: "after") }
    #expect(error?.status == .usage)
    #expect(error?.message.hasPrefix("not a sequence (--after ") == true)
  }

  @Test func typesAreChosenByPatterns() throws {
    #expect(try TypeArgument.types([]) == nil)
    #expect(try TypeArgument.types(["*"]) == Set(EventType.allCases))
    #expect(try TypeArgument.types(["watcher.platform.*", "*.deleted"])?.count == 3)
    let error = #expect(throws: QuestionError.self) { try TypeArgument.types(["*", "image.change"]) }
    #expect(error?.status == .usage)
    #expect(error?.message.contains("(--type image.change)") == true)
  }

  @Test(
    arguments: [
      ("image.changed", [.imageChanged]), ("changed", [.imageChanged]), ("image.*", [.imageChanged, .imageRepacked]),
      ("deleted", [.tagDeleted]), ("removed", [.platformRemoved]), ("first_seen", [.tagFirstSeen]),
      ("changes", [.changes]), ("artifact", [.artifactChanged]), ("index.changed", [.indexChanged]),
      ("*changed", [.imageChanged, .artifactChanged, .indexChanged]),
    ] as [(String, Set<EventType>)])
  func typesHaveShortForms(text: String, expected: Set<EventType>) throws {
    #expect(try TypeArgument.types([text]) == expected)
  }

  @Test func aWordOfSeveralTypesListsThem() {
    let error = #expect(throws: QuestionError.self) { try TypeArgument.types(["platform"]) }
    #expect(error?.status == .usage)
    #expect(
      error?.message == "several types of event have this word (--type platform): it may be platform.added, "
        + "platform.removed, or platform.* for all of them")
  }
}
