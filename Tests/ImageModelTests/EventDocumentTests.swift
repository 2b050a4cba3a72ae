import Foundation
import ImageModel
import TestSupport
import Testing

@Suite struct EventDocumentTests {
  private let tag = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")
  private let time = Timestamp(milliseconds: 1_789_680_605_123)

  private static func digest(_ letter: Character) -> Digest {
    Digest(.sha256, bytes: [UInt8](repeating: UInt8(letter.hexDigitValue ?? 0) * 17, count: 32))
  }

  private func event(_ type: EventType) -> ChangeEvent {
    ChangeEvent(id: "0b9f", type: type, tag: tag, time: time, notAfter: time)
  }

  private func imageChanged() -> ChangeEvent {
    var event = event(.imageChanged)
    event.current = .init(digest: Self.digest("1"), mediaType: .ociIndex)
    event.previous = .init(
      digest: Self.digest("2"), mediaType: .dockerList, firstSeen: Timestamp(milliseconds: 0),
      lastSeen: Timestamp(milliseconds: 1_000))
    event.changes = [
      PlatformChange(
        platform: Platform(os: "linux", architecture: "amd64"), changeClass: .rebuilt,
        previous: .init(manifest: Self.digest("3"), imageID: Self.digest("4"), created: "2026-09-14T23:46:16Z"),
        current: .init(manifest: Self.digest("5"), imageID: Self.digest("6"), created: nil),
        layers: .init(kept: 1, added: 2, removed: 3))
    ]
    event.rollback = [
      .init(
        platform: Platform(os: "linux", architecture: "amd64"), imageID: Self.digest("6"),
        lastCurrent: Timestamp(milliseconds: 2_000), digest: Self.digest("7"))
    ]
    event.notBefore = Timestamp(milliseconds: 1_789_679_704_000)
    event.labels = ["team": "web", "a": "é"]
    return event
  }

  /// Subscribers and the database hold these bytes: any change here changes what users parse.
  @Test func exactBytes() {
    func sha(_ letter: Character) -> String { "sha256:" + String(repeating: letter, count: 64) }
    let expected = """
      {"specversion":"1.0","id":"0b9f","source":"urn:uuid:7a3d","type":"watcher.image.changed",\
      "subject":"docker.io/library/amazonlinux:latest","time":"2026-09-17T21:30:05.123Z",\
      "timestamp":"2026-09-17T21:30:05.123Z","datacontenttype":"application/json","sequence":"000000000042",\
      "data":{"schema":1,"summary":"amazonlinux:latest is back at an earlier image (rebuilt) on linux/amd64",\
      "registry":"docker.io","repository":"library/amazonlinux","tag":"latest",\
      "image":"amazonlinux:latest","digest":"\(sha("1"))","media_type":"application/vnd.oci.image.index.v1+json",\
      "pull":"docker.io/library/amazonlinux@\(sha("1"))",\
      "previous":{"digest":"\(sha("2"))",\
      "media_type":"application/vnd.docker.distribution.manifest.list.v2+json",\
      "first_seen":"1970-01-01T00:00:00.000Z","last_seen":"1970-01-01T00:00:01.000Z"},\
      "changes":[{"platform":"linux/amd64","class":"rebuilt",\
      "previous":{"manifest":"\(sha("3"))","image_id":"\(sha("4"))","created":"2026-09-14T23:46:16Z"},\
      "current":{"manifest":"\(sha("5"))","image_id":"\(sha("6"))","created":null},\
      "layers":{"kept":1,"added":2,"removed":3}}],\
      "rollback":[{"platform":"linux/amd64","image_id":"\(sha("6"))","last_current":"1970-01-01T00:00:02.000Z",\
      "digest":"\(sha("7"))"}],\
      "window":{"not_before":"2026-09-17T21:15:04.000Z","not_after":"2026-09-17T21:30:05.123Z"},\
      "labels":{"a":"é","team":"web"}}}
      """
    let bytes = imageChanged().document(source: "urn:uuid:7a3d", sequence: 42)
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test(arguments: EventType.allCases)
  func everyTypeHasTheCommonFields(type: EventType) throws {
    let document = try parsed(event(type).document(source: "urn:uuid:1", sequence: 1))
    #expect(document["type"] as? String == type.rawValue)
    #expect(document["specversion"] as? String == "1.0")
    let data = try #require(document["data"] as? [String: Any])
    for key in [
      "schema", "summary", "registry", "repository", "tag", "image", "digest", "media_type", "pull", "previous",
      "changes", "rollback", "window", "labels",
    ] {
      #expect(data[key] != nil, "\(key)")
    }
    #expect(data["digest"] is NSNull)
    #expect(data["previous"] is NSNull)
    #expect(data["changes_omitted"] == nil)
    #expect(data["error"] == nil)
    #expect(data["failing_since"] == nil)
    #expect(data["flaps"] == nil)
    #expect((data["window"] as? [String: Any])?["not_before"] is NSNull)
  }

  @Test func unreachableAndFlapsHaveTheirOwnFields() throws {
    var event = event(.tagUnreachable)
    event.failure = CheckFailure(.tls, "certificate \"expired\"", retryAfterSeconds: 3)
    event.failingSince = Timestamp(milliseconds: 5)
    event.flaps = 6
    let data = try #require(try parsed(event.document(source: "s", sequence: 1))["data"] as? [String: Any])
    #expect(data["error"] as? [String: String] == ["code": "tls", "message": "certificate \"expired\""])
    #expect(data["failing_since"] as? String == "1970-01-01T00:00:00.005Z")
    #expect(data["flaps"] as? Int == 6)
  }

  @Test(
    arguments: [
      (0, "000000000000"), (1, "000000000001"), (999_999_999_999, "999999999999"), (1_000_000_000_000, "1000000000000"),
    ] as [(Int64, String)])
  func sequence(number: Int64, digits: String) throws {
    let document = try parsed(event(.tagDeleted).document(source: "s", sequence: EventSequence(rawValue: number)))
    #expect(document["sequence"] as? String == digits)
  }

  /// Up to the limit everything is there; beyond it as much as fits, and the rest is counted.
  @Test(arguments: [1, 20, 37, 38, 39, 40, 60, 200, 1_000])
  func sixteenKibibytes(count: Int) throws {
    var event = imageChanged()
    event.rollback = nil
    event.changes = Array(repeating: event.changes[0], count: count)
    let bytes = event.document(source: "urn:uuid:1", sequence: 9)
    #expect(bytes.count <= Limits.eventBytes)
    let data = try #require(try parsed(bytes)["data"] as? [String: Any])
    let kept = try #require(data["changes"] as? [Any]).count
    #expect(kept + (data["changes_omitted"] as? Int ?? 0) == count)
    let change = try #require(data["changes"] as? [[String: Any]])
    #expect(change.allSatisfy { $0["class"] as? String == "rebuilt" })
    if kept < count {
      // One more would not have fitted.
      #expect(bytes.count + 440 > Limits.eventBytes)
    }
  }

  /// One huge change: none is kept, and the event still tells what the tag points to.
  @Test func nothingFits() throws {
    var event = imageChanged()
    event.changes = [
      PlatformChange(
        platform: nil, changeClass: .content, previous: nil,
        current: .init(manifest: Self.digest("1"), imageID: nil, created: String(repeating: "1", count: 20_000)),
        layers: nil)
    ]
    let data = try #require(try parsed(event.document(source: "s", sequence: 1))["data"] as? [String: Any])
    #expect(data["changes"] as? [String] == [])
    #expect(data["changes_omitted"] as? Int == 1)
    #expect(data["digest"] as? String == Self.digest("1").description)
  }

  @Test func oneLine() {
    var event = imageChanged()
    event.labels = ["line\nbreak": "\u{2028}\r\u{0}"]
    let bytes = event.document(source: "s", sequence: 1)
    #expect(!bytes.contains { $0 < 0x20 })
  }

  @Test func defaults() {
    #expect(
      Set(EventType.allCases.filter { !$0.isOnByDefault }) == [.imageRepacked, .indexChanged, .tagFirstSeen, .changes])
  }

  private func parsed(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }
}
