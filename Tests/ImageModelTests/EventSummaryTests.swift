import ImageModel
import TestSupport
import Testing

/// `data.summary`: one sentence that a receiver can show as it is.
@Suite struct EventSummaryTests {
  private static let s390x = Platform(os: "linux", architecture: "s390x")

  private static func summary(
    _ type: EventType, _ changes: [PlatformChange] = [], of tag: TagReference = Samples.tag,
    _ change: (inout ChangeEvent) throws -> Void = { _ in }
  ) throws -> String {
    let time = try Samples.time("2026-09-17T21:30:05.123Z")
    var event = ChangeEvent(id: "0b9f", type: type, tag: tag, time: time, notAfter: time)
    event.changes = changes
    try change(&event)
    return try text(event.document(source: "urn:x", sequence: 42))
  }

  private static func text(_ document: [UInt8]) throws -> String {
    let text = String(decoding: document, as: UTF8.self)
    return String(try #require(text.firstMatch(of: /"summary":"([^"]*)"/)).output.1)
  }

  private static func change(_ platform: Platform?, _ changeClass: ChangeClass) throws -> PlatformChange {
    try Samples.change(
      platform, changeClass, from: changeClass == .added ? nil : ("a", "b"),
      to: changeClass == .removed ? nil : ("c", changeClass == .repacked ? "b" : "d"))
  }

  private static func rollback(_ platform: Platform?) throws -> ChangeEvent.Rollback {
    .init(
      platform: platform, imageID: try Samples.digest("d"), lastCurrent: try Samples.time("2026-09-01T00:00:00Z"),
      digest: try Samples.digest("7"))
  }

  @Test(
    arguments: [
      (
        .imageChanged, [(Samples.amd64, .content), (Samples.arm64, .content)],
        "amazonlinux:latest has a new image (content changed) on linux/amd64, linux/arm64"
      ),
      (
        .imageChanged, [(Samples.amd64, .rebuilt), (Samples.arm64, .content), (s390x, .removed)],
        "amazonlinux:latest has a new image (content changed) on linux/arm64 and (rebuilt) on linux/amd64, "
          + "no longer has linux/s390x"
      ),
      (
        .imageChanged, [(Samples.amd64, .added), (Samples.arm64, .removed)],
        "amazonlinux:latest now has linux/amd64, no longer has linux/arm64"
      ),
      (.imageChanged, [(nil, .rebuilt)], "amazonlinux:latest has a new image (rebuilt)"),
      (.artifactChanged, [(nil, .content)], "amazonlinux:latest has a new artifact (content changed)"),
      (.platformAdded, [(Samples.arm64, .added)], "amazonlinux:latest now has linux/arm64"),
      (
        .platformRemoved, [(Samples.arm64, .removed), (s390x, .removed), (Samples.amd64, .repacked)],
        "amazonlinux:latest no longer has linux/arm64, linux/s390x"
      ),
      (
        .imageRepacked, [(Samples.amd64, .repacked)],
        "amazonlinux:latest has the same image, packed anew on linux/amd64"
      ),
      (.indexChanged, [], "amazonlinux:latest has a new index, and the same images as before"),
      (
        .tagFirstSeen, [(Samples.amd64, .added), (Samples.arm64, .added)],
        "amazonlinux:latest was seen for the first time on linux/amd64, linux/arm64"
      ),
      (.tagDeleted, [], "amazonlinux:latest is gone from docker.io"),
      (.tagRestored, [], "amazonlinux:latest is back"),
      (.tagUnreachable, [], "amazonlinux:latest cannot be checked"),
      (.tagRecovered, [], "amazonlinux:latest can be checked again"),
    ] as [(EventType, [(Platform?, ChangeClass)], String)])
  func everyTypeHasItsSentence(type: EventType, changes: [(Platform?, ChangeClass)], expected: String) throws {
    #expect(try Self.summary(type, changes.map { try Self.change($0.0, $0.1) }) == expected)
  }

  @Test func failuresSaySinceWhenAndWhy() throws {
    let since = try Samples.time("2026-09-17T20:00:59Z")
    let unreachable = try Self.summary(.tagUnreachable, of: Samples.app) { event in
      event.failingSince = since
      event.failure = CheckFailure(.dns, "no such host")
    }
    #expect(unreachable == "ghcr.io/example/app:stable cannot be checked since 2026-09-17 20:00 UTC (dns)")
    let recovered = try Self.summary(.tagRecovered) { $0.failingSince = since }
    #expect(recovered == "amazonlinux:latest can be checked again, after failures since 2026-09-17 20:00 UTC")
  }

  /// What was there before is not called new.
  @Test func rollbacksAndMovesToAndFroAreTold() throws {
    let changes = try [Self.change(Samples.amd64, .content), Self.change(Samples.arm64, .content)]
    let all = try Self.summary(.imageChanged, changes) {
      $0.rollback = try [Self.rollback(Samples.amd64), Self.rollback(Samples.arm64)]
    }
    #expect(all == "amazonlinux:latest is back at an earlier image (content changed) on linux/amd64, linux/arm64")
    let some = try Self.summary(.imageChanged, changes) { $0.rollback = try [Self.rollback(Samples.arm64)] }
    #expect(
      some == "amazonlinux:latest has a new image (content changed) on linux/amd64, linux/arm64, "
        + "an earlier one again on linux/arm64")
    let flapping = try Self.summary(.imageChanged, [changes[0]]) { $0.flaps = 3 }
    #expect(
      flapping == "amazonlinux:latest has a new image (content changed) on linux/amd64, after 3 moves to and fro")
    #expect(
      try Self.summary(.imageChanged) { $0.flaps = 1 } == "amazonlinux:latest is what it was, after 1 move to and fro")
  }

  @Test(arguments: [1, 5, 12, 40, 1_000])
  func manyPlatformsAreCounted(count: Int) throws {
    let platforms = (0..<count).map { Platform(os: "linux", architecture: "arch\($0)") }
    let text = try Self.summary(.imageChanged, platforms.map { try Self.change($0, .content) })
    #expect(text.unicodeScalars.count <= Limits.summaryCharacters)
    #expect(text.hasPrefix("amazonlinux:latest has a new image (content changed) on linux/arch0"))
    let shown = text.matches(of: /linux\/arch/).count
    #expect(shown == count || text.hasSuffix(" and \(count - shown) more"))
    #expect(shown == count || text.unicodeScalars.count > Limits.summaryCharacters - 20, "as many as fit")
  }

  /// The longest names, the strangest platforms, everything at once.
  @Test func itIsShortAndSafeWhateverIsInIt() throws {
    let (path, name) = ("\u{202e}" + String(repeating: "x", count: 255), String(repeating: "y", count: 128))
    let tag = TagReference(domain: "r.example", path: path, tag: name)
    let strange = Platform(os: "linux\u{1b}[31m", architecture: String(repeating: "a", count: 64))
    let classes: [ChangeClass] = [.content, .rebuilt, .added, .removed, .repacked]
    let changes = try (0..<500).map { try Self.change($0 % 2 == 0 ? strange : Samples.amd64, classes[$0 % 5]) }
    for type in EventType.allCases {
      let text = try Self.summary(type, changes, of: tag) { event in
        event.rollback = [try Self.rollback(Samples.amd64)]
        event.flaps = 100
        event.failingSince = event.time
        event.failure = CheckFailure(.tls, "no")
      }
      #expect(text.unicodeScalars.count <= Limits.summaryCharacters, "\(type): \(text)")
      #expect(text.hasPrefix("…yyyy"), "the end of a name tells it from others")
      #expect(text.unicodeScalars.allSatisfy { $0 == "…" || (0x20..<0x7f).contains($0.value) })
    }
    #expect(try Self.summary(.imageChanged, [Self.change(strange, .content)]).contains("on unknown/aaa"))
  }

  @Test(arguments: [1, 2, 20, 1_000])
  func groupsNameTheirTags(count: Int) throws {
    let tags = (0..<count).map { TagReference(domain: "docker.io", path: "library/app\($0)", tag: "1") }
    let document = GroupedEvent(
      id: "g", time: Timestamp(milliseconds: 0), documents: Array(repeating: Array("{}".utf8), count: count), tags: tags
    ).document(source: "urn:x", sequence: 1)
    let text = try Self.text(document)
    #expect(text.unicodeScalars.count <= Limits.summaryCharacters)
    #expect(text.hasPrefix(count == 1 ? "1 event of app0:1" : "\(count) events of app0:1, app1:1"))
    let shown = text.matches(of: /app\d/).count
    #expect(shown == count || text.hasSuffix(" and \(count - shown) more"))
  }
}
