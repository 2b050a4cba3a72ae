import ImageModel
import TestSupport
import Testing

@testable import Registry

/// Indexes that say a thing twice, or do not say it.
@Suite struct OddIndexTests {
  private typealias Fake = FakeRegistryImage
  private let image = FakeRegistryImage("one")

  private func harness(_ entries: [JSONOutput]) throws -> Harness {
    let harness = try Harness()
    harness.registry.put(image, in: "app")
    harness.registry.put(manifest: Fake.index(entries), in: "app", tag: "latest")
    return harness
  }

  /// An entry of an index for a Windows version, `10.0.20348.1`.
  private func windows(_ image: FakeRegistryImage, _ version: String) -> JSONOutput {
    guard case .object(var members) = Fake.entry(image.manifest("windows/amd64"), platform: nil) else { return .null }
    let platform: JSONOutput = .members(["os": "windows", "architecture": "amd64", "os.version": .string(version)])
    members.append(.init("platform", platform))
    return .object(members)
  }

  /// An entry without its media type, or with another one.
  private func untyped(_ document: Document, platform: String?, as type: String? = nil) -> JSONOutput {
    guard case .object(var members) = Fake.entry(document, platform: platform) else { return .null }
    members.removeAll { $0.key == "mediaType" }
    if let type { members.append(.init("mediaType", .string(type))) }
    return .object(members)
  }

  private func platforms(_ snapshot: TagSnapshot) -> [String?] { snapshot.images.map { $0.platform?.description } }

  /// What it is cannot be told, and that is said: it could be an image to watch.
  @Test(arguments: [
    ["os": "linux", "architecture": String(repeating: "a", count: 65)], ["os": "li nux", "architecture": "amd64"],
  ])
  func anEntryOfAPlatformThatCannotBeIsTold(named: [String: String]) async throws {
    guard case .object(var members) = Fake.entry(image.manifest("linux/amd64"), platform: nil) else { return }
    members.append(.init("platform", .object(named.map { .init($0.key, .string($0.value)) })))
    let entries = [.object(members), Fake.entry(image.manifest("linux/arm64"), platform: "linux/arm64")]
    let snapshot = try await harness(entries).snapshot()
    #expect(platforms(snapshot) == ["linux/arm64"])
    let short = image.manifest("linux/amd64").digest.short
    #expect(
      snapshot.remarks == ["the entry \(short) of the index names a platform that there cannot be, and is left out"])
  }

  // MARK: A platform twice

  /// Patch levels of one Windows version are one platform; which of them a host runs is its own matter.
  @Test func allImagesOfAWindowsVersionAreTaken() async throws {
    let images = ["a", "b", "c"].map { FakeRegistryImage($0, platforms: ["windows/amd64"]) }
    let harness = try harness([
      windows(images[0], "10.0.20348.1"), windows(images[1], "10.0.17763.9"), windows(images[2], "10.0.20348.2"),
      windows(images[0], "10.0.20348.1"),
    ])
    for image in images { harness.registry.put(image, in: "app") }
    let snapshot = try await harness.snapshot(.only([try platform("windows/amd64")]))
    #expect(
      platforms(snapshot) == ["windows/amd64:10.0.20348", "windows/amd64:10.0.17763", "windows/amd64:10.0.20348"])
    #expect(snapshot.images.map(\.imageID) == images.map { $0.imageID("windows/amd64") })
    #expect(snapshot.remarks == ["windows/amd64:10.0.20348 is listed more than once; all of it is watched, as a set"])
  }

  @Test func kindsThatAreNotWatchedAreTold() async throws {
    let entries =
      ["application/vnd.example.thing", "application/vnd.example.thing", "text/other"].map {
        untyped(image.manifest("linux/amd64"), platform: "linux/amd64", as: $0)
      } + [Fake.entry(image.manifest("linux/arm64"), platform: "linux/arm64")]
    let snapshot = try await harness(entries).snapshot()
    #expect(platforms(snapshot) == ["linux/arm64"])
    #expect(
      snapshot.remarks == ["the index has entries that are not watched: application/vnd.example.thing, text/other"])
  }

  @Test func elsewhereTheFirstIsTakenAndThatIsSaid() async throws {
    let other = image.rebuilt()
    let entries = [image, other, image].map { Fake.entry($0.manifest("linux/arm64"), platform: "linux/arm64") }
    let harness = try harness(entries)
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.map(\.imageID) == [image.imageID("linux/arm64")])
    #expect(snapshot.remarks == ["linux/arm64 is listed more than once; the first counts, as it does for clients"])
    let unasked = try await harness.snapshot(.only([try platform("linux/amd64")]))
    #expect(unasked.remarks.isEmpty, "nobody asked for it")
  }

  @Test func theSameEntryTwiceIsNothingToRemark() async throws {
    let entry = Fake.entry(image.manifest("linux/arm64"), platform: "linux/arm64")
    let snapshot = try await harness([entry, entry]).snapshot()
    #expect(snapshot.images.count == 1)
    #expect(snapshot.remarks.isEmpty)
  }

  // MARK: No image

  private func artifact(_ text: String) -> Document {
    let config = Fake.document(MediaType("application/vnd.example.config"), bytes: Array("{}".utf8))
    return Fake.document(
      .ociManifest,
      [
        "schemaVersion": 2, "config": Fake.descriptor(config), "layers": .array([]),
        "annotations": .members(["text": .string(text)]),
      ])
  }

  /// Somebody's collection of files: what changes in it changes the index, and that is all one can watch.
  @Test(arguments: [nil, "application/vnd.example.collection"])
  func anIndexOfArtifactsIsAnArtifact(_ type: String?) async throws {
    let artifacts = ["a", "b"].map { artifact($0) }
    var members: [JSONOutput.Member] = [.init("schemaVersion", 2)]
    if let type { members.append(.init("artifactType", .string(type))) }
    members.append(.init("manifests", .array(artifacts.map { Fake.entry($0, platform: nil) })))
    let harness = try Harness()
    let index = Fake.document(.ociIndex, members)
    harness.registry.put(manifest: index, in: "app", tag: "latest")
    for artifact in artifacts { harness.registry.put(manifest: artifact, in: "app") }
    let snapshot = try await harness.snapshot(.only([try platform("linux/amd64")]))
    #expect(snapshot.images.map(\.manifest) == [index.digest])
    #expect(snapshot.images.map(\.imageID) == [nil] && platforms(snapshot) == [nil])
    #expect(snapshot.images.map(\.artifactType) == [type ?? "application/vnd.example.config"])
  }

  /// A signature beside an image is nobody's platform, whoever watches which.
  @Test(arguments: ["linux/amd64", "linux/s390x"])
  func anArtifactBesideAnImageIsNone(_ watched: String) async throws {
    let signature = artifact("signature")
    let harness = try harness([
      Fake.entry(signature, platform: nil), Fake.entry(image.manifest("linux/amd64"), platform: "linux/amd64"),
    ])
    harness.registry.put(manifest: signature, in: "app")
    let snapshot = try await harness.snapshot(.only([try platform(watched)]))
    #expect(platforms(snapshot) == (watched == "linux/amd64" ? ["linux/amd64"] : []))
  }

  // MARK: No media type

  @Test(arguments: [nil, "", "application/json"])
  func anEntryWithoutMediaTypeIsLookedAt(_ type: String?) async throws {
    let inner = Fake.index([Fake.entry(image.manifest("linux/arm64"), platform: "linux/arm64")])
    let manifest = image.manifest("linux/amd64")
    let harness = try harness([
      untyped(manifest, platform: "linux/amd64", as: type), untyped(inner, platform: nil, as: type),
    ])
    harness.registry.put(manifest: inner, in: "app")
    let snapshot = try await harness.snapshot()
    #expect(platforms(snapshot) == ["linux/amd64", "linux/arm64"])
    #expect(snapshot.images.map(\.imageID) == image.platforms.map { image.imageID($0) })
    #expect(
      snapshot.remarks == [
        "the entry \(manifest.digest.short) of the index has no media type; it is a manifest",
        "the entry \(inner.digest.short) of the index has no media type; it is an index",
      ])
    let kept = Dictionary(uniqueKeysWithValues: snapshot.documents.map { ($0.digest, $0.mediaType) })
    #expect(kept[manifest.digest] == .ociManifest && kept[inner.digest] == .ociIndex)
  }

  /// Neither the descriptor nor the document says what it is.
  @Test func theShapeTellsWhereNothingElseDoes() async throws {
    let bare = Fake.document(
      .ociManifest,
      ["schemaVersion": 2, "config": Fake.descriptor(image.config("linux/amd64")), "layers": .array([])])
    let harness = try harness([untyped(bare, platform: "linux/amd64")])
    harness.registry.put(manifest: bare, in: "app")
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.map(\.imageID) == [image.imageID("linux/amd64")])
    #expect(snapshot.remarks.count == 1)
  }

  @Test func anUntypedEntryOfAPlatformThatNobodyWantsCostsNothing() async throws {
    let harness = try harness([untyped(image.manifest("linux/amd64"), platform: "linux/amd64")])
    let snapshot = try await harness.snapshot(.only([try platform("linux/s390x")]))
    #expect(snapshot.images.isEmpty && snapshot.remarks.isEmpty)
    #expect(harness.registry.requests.count == 2)
  }

  @Test(arguments: [nil, "linux/arm64"])
  func anUntypedEntryThatIsNotThereOrHasNoShapeIsLeftOut(_ platform: String?) async throws {
    let shapeless = Fake.document(.ociManifest, bytes: Array(#"{"schemaVersion":2}"#.utf8))
    let missing = Fake.document(.ociManifest, bytes: Array(#"{"schemaVersion":2,"gone":1}"#.utf8))
    let harness = try harness([
      untyped(missing, platform: platform), untyped(shapeless, platform: platform),
      Fake.entry(image.manifest("linux/amd64"), platform: "linux/amd64"),
    ])
    harness.registry.put(manifest: shapeless, in: "app")
    let snapshot = try await harness.snapshot()
    #expect(platforms(snapshot) == ["linux/amd64"])
    let prefixes = [missing, shapeless].map {
      "the entry \($0.digest.short) of the index has no media type and is left out: "
    }
    #expect(snapshot.remarks.count == 2)
    #expect(zip(snapshot.remarks, prefixes).allSatisfy { $0.hasPrefix($1) }, "\(snapshot.remarks)")
    #expect(!snapshot.documents.contains { $0.digest == shapeless.digest })
  }

  /// What may be there is waited for.
  @Test func anUntypedEntryThatCannotBeHadNowIsAFailure() async throws {
    let manifest = image.manifest("linux/amd64")
    let harness = try harness([untyped(manifest, platform: "linux/amd64")])
    harness.registry.setFault { $0.path.hasSuffix(manifest.digest.description) ? ScriptedResponse(503) : nil }
    #expect(await harness.failure()?.code == .server)
  }

  @Test func anUntypedEntryThatCannotBeReadIsNoEmptyTag() async throws {
    let odd = Fake.document(.ociManifest, ["schemaVersion": 2, "mediaType": "application/vnd.example.thing"])
    let harness = try harness([untyped(odd, platform: nil)])
    harness.registry.put(manifest: odd, in: "app")
    #expect(try await harness.snapshot().remarks.count == 1, "a kind that is known to be no image is told of")
    let nameless = JSONOutput.members(["size": 3])
    #expect(await (try self.harness([nameless])).failure()?.code == .badDocument)
  }
}
