import ImageModel
import TestSupport

/// Frozen documents of events of every type, and of those that are hard to tell.
enum SampleDocuments {
  /// By name, in a fixed order.
  static let all: [(name: String, document: [UInt8])] = {
    do { return try make() } catch { preconditionFailure("\(error)") }
  }()

  static func document(_ name: String) -> [UInt8] { all.first { $0.name == name }?.document ?? [] }

  /// What a registry may say of itself.
  static let hostile =
    "@everyone <!channel> <@U1> @room *b* _i_ ~s~ `c` ``` [x](http://e.example) <b onload=x>&amp;'\"}] {{summary}} "
    + "\u{1b}[31m\u{202e}\u{0}\r\n|| # > \\ " + String(repeating: "😀<&", count: 2_000)

  private static func make() throws -> [(String, [UInt8])] {
    let both = [Samples.amd64, Samples.arm64]
    let s390x = Platform(os: "linux", architecture: "s390x")
    func changes(_ platforms: [Platform], _ changeClass: ChangeClass) throws -> [PlatformChange] {
      try platforms.map { platform in
        try Samples.change(
          platform, changeClass, from: changeClass == .added ? nil : ("a", "0a48188c"),
          to: changeClass == .removed ? nil : ("c", changeClass == .repacked ? "0a48188c" : "d389c8c3"))
      }
    }
    var documents: [(String, [UInt8])] = [
      ("image.changed", try event(.imageChanged, try changes(both, .content)) { $0.labels = ["team": "base"] }),
      (
        "image.changed, moved back",
        try event(.imageChanged, try changes([Samples.amd64], .rebuilt)) { event in
          event.rollback = [
            .init(
              platform: Samples.amd64, imageID: try Samples.digest("d389c8c3"),
              lastCurrent: try Samples.time("2026-08-20T16:55:00Z"), digest: try Samples.digest("7"))
          ]
          event.flaps = 3
          event.also = [TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "2023")]
        }
      ),
      (
        "artifact.changed",
        try event(.artifactChanged, [Samples.change(nil, .content, from: ("a", nil), to: ("c", nil))])
      ),
      ("platform.added", try event(.platformAdded, try changes([s390x], .added))),
      ("platform.removed", try event(.platformRemoved, try changes([s390x], .removed))),
      ("image.repacked", try event(.imageRepacked, try changes(both, .repacked))),
      ("index.changed", try event(.indexChanged)),
      ("tag.first_seen", try event(.tagFirstSeen, try changes(both, .added)) { $0.previous = nil }),
      ("tag.deleted", try event(.tagDeleted) { $0.current = nil }),
      ("tag.restored", try event(.tagRestored)),
      ("tag.moved", try event(.tagMoved)),
      ("tag.unreachable", try event(.tagUnreachable, [], failing("no such host (ghcr.io): look at DNS"))),
      ("tag.recovered", try event(.tagRecovered) { $0.failingSince = try Samples.time("2026-09-17T20:00:00Z") }),
      ("many platforms", try event(.imageChanged, try changes(many, .content))),
      ("hostile", try event(.tagUnreachable, [], failing(hostile))),
    ]
    documents.append(("changes", group(documents.prefix(4).map(\.1))))
    documents.append(("changes, one", group(documents.prefix(1).map(\.1))))
    documents.append(("changes, many", group(Array(repeating: documents[0].1, count: 60) + [documents[14].1])))
    documents.append(("test", Array(test.utf8)))
    let words = JSONOutput.string(hostile).bytes
    let summary = Array("\"a test of the sink ops: no image has changed\"".utf8)
    documents.append(("hostile summary", Array(test.utf8).replacing(summary, with: words)))
    return documents
  }

  private static let many = (0..<60).map { Platform(os: "linux", architecture: "arch\($0)") }

  private static let test = """
    {"specversion":"1.0","id":"0d4c7f3e","source":"urn:watcher:test","type":"watcher.test",\
    "time":"2026-09-17T21:30:05.123Z","data":{"schema":1,"summary":"a test of the sink ops: no image has changed"}}
    """

  private static func failing(_ message: String) -> (inout ChangeEvent) throws -> Void {
    { event in
      event.failure = CheckFailure(.dns, message, remedy: "")
      event.failingSince = try Samples.time("2026-09-17T20:00:00Z")
    }
  }

  private static func event(
    _ type: EventType, _ changes: [PlatformChange] = [], _ change: (inout ChangeEvent) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    let (before, now) = (try Samples.time("2026-09-17T21:15:05Z"), try Samples.time("2026-09-17T21:30:05.123Z"))
    var event = ChangeEvent(
      id: "0d4c7f3e-6a51-4f0e-9d28-5b1f6c2a7e90", type: type, tag: Samples.tag, time: now, notAfter: now)
    event.notBefore = before
    event.current = .init(digest: try Samples.digest("74c545e3"), mediaType: .ociIndex)
    event.previous = .init(
      digest: try Samples.digest("065856aa"), mediaType: .ociIndex, firstSeen: before, lastSeen: before)
    event.changes = changes
    try change(&event)
    return event.document(source: "urn:uuid:0d4c7f3e-6a51-4f0e-9d28-5b1f6c2a7e91", sequence: 42)
  }

  private static func group(_ documents: [[UInt8]]) -> [UInt8] {
    let time = Timestamp(milliseconds: 1_789_680_605_123)
    return GroupedEvent(
      id: "5b1f6c2a-7e90-4f0e-9d28-0d4c7f3e6a51", time: time, documents: documents, tags: [Samples.tag, Samples.app]
    ).document(source: "urn:uuid:0d4c7f3e-6a51-4f0e-9d28-5b1f6c2a7e91", sequence: 43)
  }
}
