import Hashing
import History
import ImageModel
import Recording
import Testing

@testable import Polling

/// The same bytes by a digest of another algorithm are no other image.
@Suite struct AlgorithmChangeTests {
  /// A tag's document with one image, each named by an algorithm.
  private struct Names {
    var top = Digest.Algorithm.sha256
    var manifest = Digest.Algorithm.sha256
    var config = Digest.Algorithm.sha256
    var content = "one"
    var isSingle = false

    func snapshot() -> TagSnapshot {
      let config = document(.ociConfig, #"{"os":"linux","architecture":"amd64","\#(content)":1}"#, config)
      let manifest = document(
        .ociManifest,
        #"{"schemaVersion":2,"config":{"mediaType":"\#(MediaType.ociConfig)","digest":"\#(config.digest)","#
          + #""size":\#(config.bytes.count)},"layers":[]}"#, isSingle ? top : manifest)
      let index = document(.ociIndex, #"{"manifests":["\#(manifest.digest)"]}"#, top)
      let platform = Platform(os: "linux", architecture: "amd64")
      let image = PlatformImage(
        platform: platform, manifest: manifest.digest, manifestSize: manifest.bytes.count, imageID: config.digest,
        configSize: config.bytes.count, layers: [],
        config: ImageConfig(created: nil, platform: platform, diffIDs: [], labels: [:]))
      let top = isSingle ? manifest : index
      return TagSnapshot(
        digest: top.digest, mediaType: top.mediaType, size: top.bytes.count, images: [image],
        documents: [config, manifest] + (isSingle ? [] : [index]))
    }

    private func document(_ type: MediaType, _ text: String, _ algorithm: Digest.Algorithm) -> Document {
      let bytes = Array(text.utf8)
      return Document(digest: Hash.digest(algorithm, of: bytes), mediaType: type, bytes: bytes)
    }
  }

  @Test(arguments: [true, false])
  func anotherAlgorithmForTheTopIsNoEvent(_ isSingle: Bool) throws {
    let one = try OneTag()
    _ = try one.found(Names(isSingle: isSingle).snapshot(), at: 0)
    for (hour, algorithm) in [(1, Digest.Algorithm.sha512), (2, .sha384), (3, .sha256)] {
      let snapshot = Names(top: algorithm, isSingle: isSingle).snapshot()
      let record = try one.found(snapshot, at: hour * 3_600)
      #expect(record?.events.isEmpty == true)
      #expect(record?.state.headDigest == snapshot.digest, "HEAD is compared with what it says now")
      let entry = try #require(try one.history().first)
      #expect(entry.digest == snapshot.digest, "what can be pulled now")
      #expect(entry.firstSeen == one.wall(0) && entry.lastSeen == one.wall(hour * 3_600) && entry.isCurrent)
      #expect(entry.platforms.map(\.changeClass) == [.added])
      #expect(try one.history().count == 1)
      #expect(try one.status()?.digest == snapshot.digest)
    }
    let all = try one.history(all: true)
    #expect(all.count == 4)
    // By which `history --all` tells it from a move.
    for entry in all.dropLast() {
      #expect(entry.event == nil && entry.previous?.digest.algorithm != entry.digest.algorithm)
      #expect(entry.platforms.allSatisfy { $0.changeClass == nil } && entry.rollbacks.isEmpty)
    }
  }

  @Test func aManifestNamedAnewIsAnIndexChangeAtMost() throws {
    let one = try OneTag()
    _ = try one.found(Names().snapshot(), at: 0)
    let record = try one.found(Names(manifest: .sha512).snapshot(), at: 60)
    #expect(record?.events.map(\.type) == [.indexChanged])
    #expect(try one.history().count == 1)
  }

  @Test func aConfigNamedAnewIsNoOtherImage() throws {
    let one = try OneTag()
    _ = try one.found(Names().snapshot(), at: 0)
    let snapshot = Names(config: .sha512).snapshot()
    let record = try #require(try one.found(snapshot, at: 60))
    #expect(record.events.map(\.type) == [.imageRepacked])
    let changes = try #require(try one.data(record.events[0])["changes"] as? [[String: Any]])
    let ids = ["previous", "current"].map { (changes[0][$0] as? [String: Any])?["image_id"] as? String }
    #expect(ids == [snapshot.images[0].imageID?.description, snapshot.images[0].imageID?.description])
    #expect(try one.history().map { $0.platforms.map(\.imageID) } == [[snapshot.images[0].imageID]], "as it is named")
  }

  @Test func otherBytesAreAnotherImageInAnyAlgorithm() throws {
    let one = try OneTag()
    _ = try one.found(Names().snapshot(), at: 0)
    let next = Names(top: .sha512, manifest: .sha512, config: .sha512, content: "two").snapshot()
    #expect(try one.found(next, at: 60)?.events.map(\.type) == [.imageChanged])
    #expect(try one.history().count == 2)
  }
}
