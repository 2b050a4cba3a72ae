import Documents
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// From the index to the images.
@Suite struct WalkTests {
  private typealias Fake = FakeRegistryImage
  private let image = FakeRegistryImage("one")

  private func harness(_ top: Document, of image: FakeRegistryImage? = nil) throws -> Harness {
    let harness = try Harness()
    harness.registry.put(image ?? self.image, in: "app")
    harness.registry.put(manifest: top, in: "app", tag: "latest")
    return harness
  }

  private func amd64() -> JSONOutput { Fake.entry(image.manifest("linux/amd64"), platform: "linux/amd64") }
  private func arm64() -> JSONOutput { Fake.entry(image.manifest("linux/arm64"), platform: "linux/arm64/v8") }

  private func platforms(_ snapshot: TagSnapshot) -> [String?] { snapshot.images.map { $0.platform?.description } }

  @Test func attestationsAreNoImages() async throws {
    let attested = image.attested("build 1")
    let harness = try harness(attested.index, of: attested)
    let snapshot = try await harness.snapshot()
    #expect(platforms(snapshot) == ["linux/amd64", "linux/arm64"])
    #expect(harness.registry.requests.count == 6)
  }

  @Test func eitherMarkOfAnAttestationIsEnough() async throws {
    let marked = Fake.entry(
      image.manifest("linux/amd64"), platform: "linux/riscv64",
      annotations: .members(["vnd.docker.reference.type": "attestation-manifest"]))
    let unknown = Fake.entry(image.manifest("linux/amd64"), platform: "unknown/unknown")
    let harness = try harness(Fake.index([marked, unknown, arm64()]))
    #expect(platforms(try await harness.snapshot()) == ["linux/arm64"])
  }

  @Test func ofDuplicatesTheFirstCounts() async throws {
    let other = image.rebuilt()
    let second = Fake.entry(other.manifest("linux/arm64"), platform: "linux/arm64")
    let harness = try harness(Fake.index([arm64(), second, amd64()]))
    let snapshot = try await harness.snapshot()
    #expect(platforms(snapshot) == ["linux/arm64", "linux/amd64"])
    #expect(snapshot.images.first?.imageID == image.imageID("linux/arm64"))
  }

  @Test func oneManifestMayServeTwoPlatforms() async throws {
    let again = Fake.entry(image.manifest("linux/amd64"), platform: "linux/386")
    let harness = try harness(Fake.index([amd64(), again]))
    let snapshot = try await harness.snapshot()
    #expect(platforms(snapshot) == ["linux/amd64", "linux/386"])
    #expect(harness.count("GET /v2/app/manifests/\(image.manifest("linux/amd64").digest)") == 1)
  }

  @Test func followsNestedIndexesAndInheritsPlatforms() async throws {
    let inner = Fake.index([Fake.entry(image.manifest("linux/amd64"), platform: nil), arm64()])
    let harness = try harness(Fake.index([Fake.entry(inner, platform: "linux/amd64")]))
    harness.registry.put(manifest: inner, in: "app")
    let snapshot = try await harness.snapshot()
    #expect(platforms(snapshot) == ["linux/amd64", "linux/arm64"])
    #expect(snapshot.documents.map(\.digest).contains(inner.digest))
  }

  @Test(arguments: [(4, nil), (5, CheckFailure.Code.tooLarge)])
  func nestsSoDeepAndNoDeeper(_ depth: Int, _ code: CheckFailure.Code?) async throws {
    var top = Fake.index([amd64()])
    let harness = try harness(top)
    for _ in 0..<depth {
      harness.registry.put(manifest: top, in: "app")
      top = Fake.index([Fake.entry(top, platform: nil)])
    }
    harness.registry.put(manifest: top, in: "app", tag: "latest")
    #expect(await harness.failure()?.code == code)
  }

  @Test func indexesListedTwiceAreWalkedOnce() async throws {
    let inner = Fake.index([amd64()])
    let harness = try harness(Fake.index([Fake.entry(inner, platform: nil), Fake.entry(inner, platform: nil)]))
    harness.registry.put(manifest: inner, in: "app")
    #expect(platforms(try await harness.snapshot()) == ["linux/amd64"])
    #expect(harness.count("GET /v2/app/manifests/\(inner.digest)") == 1)
  }

  @Test func entriesAreCountedOverAllIndexes() async throws {
    func filler(_ count: Int) -> [JSONOutput] {
      (0..<count).map { number in
        Fake.entry(Fake.document(.ociManifest, bytes: Array("\(number)".utf8)), platform: "plan9/arch\(number)")
      }
    }
    let selection = PlatformSelection.only([try platform("linux/amd64")])
    let full = try harness(Fake.index(filler(999) + [amd64()]))
    #expect(platforms(try await full.snapshot(selection)) == ["linux/amd64"])
    #expect(await (try harness(Fake.index(filler(1_000) + [amd64()]))).failure(selection)?.code == .tooLarge)
    let inner = Fake.index(filler(600))
    let nested = try harness(Fake.index(filler(400) + [Fake.entry(inner, platform: nil)]))
    nested.registry.put(manifest: inner, in: "app")
    #expect(await nested.failure(selection)?.code == .tooLarge)
  }

  @Test func entriesOfUnknownKindsAreSkipped() async throws {
    let odd = JSONOutput.members(["mediaType": "application/vnd.oci.descriptor.v1+json", "size": -1])
    let harness = try harness(Fake.index([odd, amd64()]))
    #expect(platforms(try await harness.snapshot()) == ["linux/amd64"])
  }

  @Test func anEmptyIndexIsLegal() async throws {
    #expect(try await harness(Fake.index([])).snapshot().images.isEmpty)
  }

  @Test func aMissingWatchedPlatformIsNoFailure() async throws {
    let harness = try harness(image.index)
    let wanted = PlatformSelection.only([try platform("linux/s390x"), try platform("linux/amd64")])
    #expect(platforms(try await harness.snapshot(wanted)) == ["linux/amd64"])
  }

  @Test func thePlatformMayStandInTheConfigOnly() async throws {
    let bare = Fake.index(image.platforms.map { Fake.entry(image.manifest($0), platform: nil) })
    let harness = try harness(bare)
    let arm = PlatformSelection.only([try platform("linux/arm64")])
    #expect(platforms(try await harness.snapshot(arm)) == ["linux/arm64"])
    // Without it nobody knows whose image this is; nil here would show as a platform that came and went.
    let poor = try self.harness(bare)
    for platform in image.platforms { poor.registry.delete(blob: image.imageID(platform), of: "app") }
    #expect(await poor.failure()?.code == .notFound)
  }

  @Test func aSingleManifestIsTakenWhole() async throws {
    let harness = try harness(image.manifest("linux/arm64"))
    let snapshot = try await harness.snapshot(.only([try platform("windows/amd64")]))
    #expect(snapshot.isSingle)
    #expect(platforms(snapshot) == ["linux/arm64"])
    #expect(snapshot.images.first?.manifest == snapshot.digest)
    #expect(snapshot.images.first?.imageID == image.imageID("linux/arm64"))
  }

  @Test func aSingleManifestWithoutConfigHasNoPlatformYet() async throws {
    let harness = try harness(image.manifest("linux/arm64"))
    harness.registry.delete(blob: image.imageID("linux/arm64"), of: "app")
    let snapshot = try await harness.snapshot()
    #expect(platforms(snapshot) == [nil])
    #expect(snapshot.images.first?.imageID == image.imageID("linux/arm64"))
  }

  /// The bytes are those of the digest, so asking again would bring nothing else: no details is all there is.
  @Test(arguments: [#"{"os":"linux","os":"plan9"}"#, "[]", "{", ""])
  func aConfigThatIsNoneIsNotMissing(text: String) async throws {
    let junk = Fake.document(.ociConfig, bytes: Array(text.utf8))
    let manifest = Fake.document(
      .ociManifest, ["schemaVersion": 2, "config": Fake.descriptor(junk), "layers": .array([])])
    let harness = try harness(manifest)
    harness.registry.put(blob: junk, in: "app")
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.first?.imageID == junk.digest)
    #expect(snapshot.images.first?.config == ImageConfig(created: nil, platform: nil, diffIDs: [], labels: [:]))
  }

  /// Artifacts share the config `{}`: its digest is no image ID.
  @Test(
    arguments: [
      ("vnd.oci.empty.v1+json", nil, "octet-stream", "vnd.oci.empty.v1+json"),
      (
        "vnd.cncf.helm.config.v1+json", nil, "vnd.cncf.helm.chart.content.v1.tar+gzip", "vnd.cncf.helm.config.v1+json"
      ),
      (
        "vnd.docker.plugin.v1+json", "", "vnd.docker.image.rootfs.diff.tar.gzip", "vnd.docker.plugin.v1+json"
      ),
      ("vnd.oci.image.config.v1+json", "vnd.example.thing", "octet-stream", "vnd.example.thing"),
      (
        "vnd.oci.image.config.v1+json", nil, "vnd.dev.cosign.simplesigning.v1+json",
        "vnd.dev.cosign.simplesigning.v1+json"
      ),
      ("vnd.oci.image.config.v1+json", nil, "vnd.in-toto+json", "vnd.in-toto+json"),
      ("vnd.oci.empty.v1+json", "evil\u{1b}[2J\u{202e}", "octet-stream", #"evil\u{1b}[2j\u{202e}"#),
    ] as [(String, String?, String, String)])
  func artifactsHaveNoImageID(_ config: String, _ artifact: String?, _ layer: String, _ named: String) async throws {
    let (config, layer) = ("application/\(config)", "application/\(layer)")
    let artifact = artifact.map { $0.isEmpty ? $0 : "application/\($0)" }
    let empty = Fake.document(MediaType(config), bytes: Array("{}".utf8))
    var members: [JSONOutput.Member] = [.init("schemaVersion", 2)]
    if let artifact { members.append(.init("artifactType", .string(artifact))) }
    let blob = Fake.document(MediaType(layer), bytes: [1])
    members += [.init("config", Fake.descriptor(empty)), .init("layers", .array([Fake.descriptor(blob)]))]
    let harness = try harness(Fake.document(.ociManifest, members))
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.map(\.imageID) == [nil])
    #expect(snapshot.images.map(\.artifactType) == ["application/\(named)"])
    #expect(snapshot.images.map(\.layers) == [[blob.digest]])
    #expect(harness.registry.requests.allSatisfy { !$0.path.contains("/blobs/") })
  }

  @Test func anImageIsNoArtifactAndALongTypeIsCut() async throws {
    let image = FakeRegistryImage("x", platforms: ["linux/arm64"])
    let manifest = image.manifest("linux/arm64")
    #expect(try await harness(manifest).snapshot().images.map(\.artifactType) == [nil])
    let artifact = Fake.document(
      .ociManifest,
      [
        "schemaVersion": 2, "artifactType": .string("application/" + String(repeating: "x", count: 200)),
        "config": Fake.descriptor(Fake.document(.ociConfig, bytes: Array("{}".utf8))), "layers": .array([]),
      ])
    let type = try #require(try await harness(artifact).snapshot().images.first?.artifactType)
    #expect(type.count == 81 && type.hasSuffix("x…"))
  }
}
