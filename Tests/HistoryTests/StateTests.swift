import ImageModel
import TestSupport
import Testing

@testable import History

/// Which state of a tag is meant.
@Suite struct StateTests {
  private let scratch = Scratch()
  private let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private func reader() throws -> HistoryReader { try HistoryReader.open(scratch.database) }

  /// The digest of the state so many changes before the newest one.
  private func back(_ count: Int) throws -> Digest? {
    try reader().state(of: amazon, StateName(.newest, back: count))?.digest
  }

  private func record(_ states: [(top: Digest, images: [PlatformImage], type: MediaType)]) throws {
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      for (index, state) in states.enumerated() {
        let snapshot = TagSnapshot(
          digest: state.top, mediaType: state.type, size: 1, images: state.images, documents: [])
        _ = try history.insertSnapshot(
          tag: tag.id, snapshot: snapshot, classes: state.images.map { _ in nil }, at: time(Int64(index) * 10))
      }
    }
  }

  /// As `history` has them in one entry.
  @Test func aPlatformThatBecomesKnownIsNoChange() throws {
    defer { writer.close() }
    try record([
      (digest(1), [image(amd64, 5, manifest: 1)], .ociManifest),
      (digest(2), [image(nil, 2, manifest: 2)], .ociManifest),
      (digest(3), [image(amd64, 2, manifest: 3)], .ociManifest),
    ])
    #expect(try back(1) == digest(1) && reader().history(amazon)?.count == 2)
  }

  @Test func anotherAlgorithmIsNoChange() throws {
    defer { writer.close() }
    let long = Digest(.sha512, bytes: [UInt8](repeating: 2, count: 64))
    var renamed = image(amd64, 2)
    renamed.imageID = long
    try record([
      (digest(1), [image(amd64, 5)], .ociIndex), (digest(2), [image(amd64, 2)], .ociIndex),
      (long, [renamed], .ociIndex),
    ])
    #expect(try back(0) == long && back(1) == digest(1) && reader().history(amazon)?.count == 2)
  }

  /// There is nothing to compare.
  @Test func whatCameBackAsItWasHasNotChanged() throws {
    defer { writer.close() }
    try record([(digest(1), [image(amd64, 5)], .ociIndex), (digest(2), [image(amd64, 2)], .ociIndex)])
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.endSnapshot(tag: tag.id)
      _ = try history.insertSnapshot(
        tag: tag.id, snapshot: snapshot(2, [image(amd64, 2)]), classes: [nil], at: time(90))
    }
    #expect(try back(1) == digest(1) && back(2) == nil && reader().history(amazon)?.count == 3)
  }

  @Test func digestsOfATagAreFound() throws {
    defer { writer.close() }
    try record([(digest(1), [image(amd64, 0x11)], .ociIndex), (digest(2), [image(amd64, 0x12)], .ociIndex)])
    let reader = try reader()
    func found(_ text: String, _ limit: Int = 9) throws -> [Digest] {
      try reader.digests(DigestPrefix(text, shortest: 1), of: amazon, limit: limit)
    }
    #expect(try found("0") == [digest(1), digest(2)] && found("1") == [digest(0x11), digest(0x12)])
    #expect(try found("1", 1) == [digest(0x11)] && found("sha512:1") == [])
    #expect(try found(String(digest(0x11 + 100).hex)) == [digest(0x11 + 100)])
    let other = TagReference(domain: "a.example", path: "b", tag: "c")
    #expect(try reader.digests(DigestPrefix("0", shortest: 1), of: other, limit: 9) == [])
  }
}
