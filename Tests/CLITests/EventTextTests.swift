import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

@Suite struct EventTextTests {
  private static func stored(
    _ type: EventType, _ changes: [PlatformChange] = [], sequence: EventSequence = 42, tag: TagReference = Samples.tag,
    _ change: (inout ChangeEvent) throws -> Void = { _ in }
  ) throws -> StoredEvent {
    let time = try Samples.time("2026-09-17T21:30:05.123Z")
    var event = ChangeEvent(id: "0b9f", type: type, tag: tag, time: time, notAfter: time)
    event.changes = changes
    try change(&event)
    return StoredEvent(
      sequence: sequence, type: type, tag: tag, time: time, body: event.document(source: "urn:x", sequence: sequence))
  }

  private static func text(_ event: StoredEvent, _ format: TextFormat = TextFormat(width: 80)) throws -> String {
    try EventText(format: format).text(event)
  }

  @Test func anEventIsALineAndWhatChanged() throws {
    let changed = try Self.stored(
      .imageChanged,
      [
        Samples.change(Samples.amd64, .rebuilt, from: ("a", "b"), to: ("c", "d")),
        Samples.change(Samples.arm64, .content, from: ("a", nil), to: ("c", "e")),
        Samples.change(nil, .repacked, from: ("a", "b"), to: ("c", "b")),
      ]
    ) { event in
      event.rollback = [
        .init(
          platform: Samples.amd64, imageID: try Samples.digest("d"), lastCurrent: event.time,
          digest: try Samples.digest("7"))
      ]
    }
    #expect(
      try EventText(format: TextFormat(width: 80)).heading + Self.text(changed) == """
        SEQUENCE  TIME (UTC)           EVENT             TAG
              42  2026-09-17 21:30:05  image changed     amazonlinux:latest
            linux/amd64 rebuilt bbbbbbbbbbbb -> dddddddddddd
            linux/arm64 content manifest aaaaaaaaaaaa -> eeeeeeeeeeee
            repacked manifest aaaaaaaaaaaa -> manifest cccccccccccc
            rollback: this image was current here before

        """)
  }

  @Test func whatIsNotThereIsNotShown() throws {
    #expect(
      try Self.text(Self.stored(.tagDeleted, sequence: 123_456_789)) == """
        123456789  2026-09-17 21:30:05  deleted           amazonlinux:latest

        """)
    let added = try Self.stored(
      .platformAdded,
      [Samples.change(Samples.amd64, .added, from: nil, to: ("a", "b"))])
    #expect(try Self.text(added).hasSuffix("amazonlinux:latest\n    linux/amd64 added bbbbbbbbbbbb\n"))
    let removed = try Self.stored(
      .platformRemoved,
      [Samples.change(Samples.amd64, .removed, from: ("a", "b"), to: nil)])
    #expect(try Self.text(removed).hasSuffix("amazonlinux:latest\n    linux/amd64 removed bbbbbbbbbbbb\n"))
  }

  @Test func aFailureSaysWhyAndSinceWhen() throws {
    let unreachable = try Self.stored(.tagUnreachable, tag: Samples.app) { event in
      event.failure = CheckFailure(
        .dns, "no such host \u{1b}[31m(ghcr.io)", remedy: "look at the name and at DNS")
      event.failingSince = try Samples.time("2026-09-17T20:00:00Z")
    }
    #expect(
      try Self.text(unreachable) == """
              42  2026-09-17 21:30:05  unreachable       ghcr.io/example/app:stable
            dns since 2026-09-17 20:00:00: no such host \\u{1b}[31m(ghcr.io): look at the
            name and at DNS

        """)
    let recovered = try Self.stored(.tagRecovered) { $0.failingSince = try Samples.time("2026-09-17T20:00:00Z") }
    #expect(try Self.text(recovered).hasSuffix("latest\n    failing since 2026-09-17 20:00:00\n"))
    let flapping = try Self.stored(.imageChanged) { $0.flaps = 3 }
    #expect(try Self.text(flapping).hasSuffix("latest\n    after 3 moves that were not announced\n"))
    let once = try Self.stored(.imageChanged) { $0.flaps = 1 }
    #expect(try Self.text(once).hasSuffix("latest\n    after 1 move that was not announced\n"))
  }

  @Test func aGroupIsALine() throws {
    let time = try Samples.time("2026-09-17T21:30:05.123Z")
    let members = try [Self.stored(.imageChanged), Self.stored(.tagDeleted)].map(\.body)
    let group = StoredEvent(
      sequence: 43, type: .changes, tag: Samples.tag, time: time,
      body: GroupedEvent(id: "g", time: time, documents: members, tags: [Samples.tag]).document(
        source: "urn:x", sequence: 43))
    #expect(try Self.text(group) == "      43  2026-09-17 21:30:05  group             2 events\n")
  }

  /// What a sink is sent is enough to show it; what is no event's document stays as it is.
  @Test func aDocumentAloneIsShownAsInTheListing() throws {
    let text = EventText(format: TextFormat(width: 80))
    let changed = try Self.stored(
      .imageChanged, [Samples.change(Samples.amd64, .rebuilt, from: ("a", "b"), to: ("c", "d"))])
    #expect(text.bytes(changed.body) == Array(try Self.text(changed).utf8))
    let group = GroupedEvent(id: "g", time: changed.time, documents: [changed.body], tags: [Samples.tag])
      .document(source: "urn:x", sequence: 43)
    #expect(
      String(decoding: text.bytes(group), as: UTF8.self)
        == "      43  2026-09-17 21:30:05  group             1 event\n")
    let test = Array(#"{"type":"watcher.test","time":"2026-09-17T21:30:05.123Z","data":{"schema":1}}"#.utf8)
    #expect(text.bytes(test) == test + [0x0a])
    let told = Array(#"{"type":"watcher.test","data":{"schema":1,"summary":"a test\u001b"}}"#.utf8)
    #expect(text.bytes(told) == Array("a test\\u{1b}\n".utf8))
  }

  /// The database may have learnt another spelling of a registry since.
  @Test func theTagIsSpeltAsInTheDatabase() throws {
    let event = try Self.stored(.tagDeleted, tag: TagReference(domain: "127.1", path: "a", tag: "1"))
    let tag = TagReference(domain: "127.0.0.1", path: "a", tag: "1")
    let stored = StoredEvent(sequence: 42, type: .tagDeleted, tag: tag, time: event.time, body: event.body)
    #expect(try Self.text(stored).hasSuffix("  127.0.0.1/a:1\n"))
  }

  @Test func platformsThatDidNotFitAreCounted() throws {
    let changes = try (0..<60).map { number in
      try Samples.change(
        Platform(os: "linux", architecture: "a\(number)"), .content, from: ("a", "b"), to: ("c", "d"))
    }
    let text = try Self.text(Self.stored(.imageChanged, changes))
    let shown = text.split(separator: "\n").count { $0.contains(" content ") }
    #expect((1..<60).contains(shown))
    #expect(text.hasSuffix("    and \(60 - shown) platforms more\n"))
  }

  @Test func aLongTagGetsItsOwnLine() throws {
    let tag = TagReference(domain: "registry.example.com", path: "base/python", tag: "3.12")
    #expect(
      try Self.text(Self.stored(.tagRestored, tag: tag)) == """
              42  2026-09-17 21:30:05  restored
            registry.example.com/base/python:3.12

        """)
    #expect(
      try Self.text(Self.stored(.tagRestored, tag: tag), TextFormat()).hasSuffix(
        "  restored          registry.example.com/base/python:3.12\n"), "where lines may be long it does not")
  }

  @Test func digestsInFullHaveALineEach() throws {
    let (old, new) = (try Samples.digest("b"), try Samples.digest("d"))
    let event = try Self.stored(
      .imageChanged,
      [Samples.change(Samples.amd64, .rebuilt, from: ("a", "b"), to: ("c", "d"))])
    #expect(
      try Self.text(event, TextFormat(digests: DigestText(isFull: true))).hasSuffix(
        """
        latest
            linux/amd64 rebuilt
              old \(old)
              new \(new)

        """))
  }

  @Test func coloursAddNothingElse() throws {
    let event = try Self.stored(.imageChanged)
    let painted = try Self.text(event, TextFormat(style: Style(isOn: true), width: 80))
    #expect(painted.contains("\u{1b}["))
    #expect(painted.replacing(/\u{1b}\[[0-9]*m/, with: "") == (try Self.text(event)))
  }

  @Test func whatIsNoDocumentIsDamage() throws {
    let event = StoredEvent(
      sequence: 7, type: .tagDeleted, tag: Samples.tag, time: Timestamp(milliseconds: 0), body: Array("{".utf8))
    let error = #expect(throws: CommandError.self) { try Self.text(event) }
    #expect(error?.status == .data)
    #expect(error?.message.contains("sequence 7") == true)
  }
}
