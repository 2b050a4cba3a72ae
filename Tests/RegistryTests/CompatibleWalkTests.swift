import ImageModel
import TestSupport
import Testing

@testable import Registry

/// Which entries of an index are watched where an engine's choice counts.
@Suite struct CompatibleWalkTests {
  private typealias Fake = FakeRegistryImage
  private let images = ["one", "two", "three"].map { FakeRegistryImage($0) }

  /// An index of entries for these platforms; of each its own image.
  private func harness(_ platforms: [String?]) throws -> Harness {
    let harness = try Harness()
    for image in images { harness.registry.put(image, in: "app") }
    let entries = zip(images, platforms).map { Fake.entry($0.manifest("linux/amd64"), platform: $1) }
    harness.registry.put(manifest: Fake.index(entries), in: "app", tag: "latest")
    return harness
  }

  private func compatible(_ texts: String...) throws -> PlatformSelection {
    .compatible(try texts.map { try platform($0) })
  }

  /// `linux/arm/v7 (linux/arm/v6) 2`: the name, what it is really for, and which entry it is.
  private func shown(_ snapshot: TagSnapshot) -> [String] {
    snapshot.images.map { image in
      let entry = images.firstIndex { $0.imageID("linux/amd64") == image.imageID }.map { "\($0 + 1)" } ?? "?"
      return "\(image.platform?.description ?? "?") \(image.found.map { "(\($0)) " } ?? "")\(entry)"
    }
  }

  @Test func theNearestStandsInUnderTheNameThatWasAskedFor() async throws {
    let harness = try harness(["linux/arm/v5", "linux/arm/v6", "linux/amd64"])
    let snapshot = try await harness.snapshot(try compatible("linux/arm/v7", "linux/amd64"))
    #expect(shown(snapshot) == ["linux/arm/v7 (linux/arm/v6) 2", "linux/amd64 3"])
    #expect(snapshot.remarks == ["linux/arm/v7 is not listed; linux/arm/v6 stands in for it"])
    #expect(snapshot.otherPlatforms.map(\.description) == ["linux/arm/v5"])
    #expect(harness.count("GET /v2/app/manifests/\(images[0].manifest("linux/amd64").digest)") == 0)
  }

  @Test func theThingItselfIsTakenWhereverItStands() async throws {
    let harness = try harness(["linux/386", "linux/amd64/v2", "linux/amd64"])
    #expect(shown(try await harness.snapshot(try compatible("linux/amd64"))) == ["linux/amd64 3"])
    #expect(
      shown(try await harness.snapshot(try compatible("linux/amd64/v4"))) == ["linux/amd64/v4 (linux/amd64/v2) 2"])
  }

  @Test func oneEntryMayStandInForTwo() async throws {
    let harness = try harness(["linux/386"])
    let snapshot = try await harness.snapshot(try compatible("linux/amd64", "linux/386"))
    #expect(shown(snapshot) == ["linux/amd64 (linux/386) 1", "linux/386 1"])
    #expect(harness.count("GET /v2/app/manifests/\(images[0].manifest("linux/amd64").digest)") == 1)
  }

  @Test func ofEqualOnesTheFirstCountsAndThatIsSaid() async throws {
    let snapshot = try await harness(["linux/arm/v6", "linux/arm/v6"]).snapshot(try compatible("linux/arm/v7"))
    #expect(shown(snapshot) == ["linux/arm/v7 (linux/arm/v6) 1"])
    #expect(snapshot.remarks.contains { $0.hasPrefix("linux/arm/v6 is listed more than once") })
  }

  @Test func whatNobodyCanRunIsMissing() async throws {
    let snapshot = try await harness(["linux/s390x", "linux/arm64"]).snapshot(try compatible("linux/amd64"))
    #expect(snapshot.images.isEmpty)
    #expect(snapshot.otherPlatforms.map(\.description) == ["linux/s390x", "linux/arm64"])
  }

  /// The platform of an entry that has none is that of its config, here amd64.
  @Test func anEntryWithoutPlatformIsAsGoodAsItsConfigSays() async throws {
    let harness = try harness(["linux/386", nil])
    #expect(shown(try await harness.snapshot(try compatible("linux/amd64"))) == ["linux/amd64 2"])
  }

  @Test func anIndexWithinTheIndexCountsAlike() async throws {
    let harness = try harness([])
    let inner = Fake.index([Fake.entry(images[1].manifest("linux/amd64"), platform: "linux/amd64")])
    harness.registry.put(manifest: inner, in: "app")
    let entries = [
      Fake.entry(images[0].manifest("linux/amd64"), platform: "linux/386"), Fake.entry(inner, platform: nil),
    ]
    harness.registry.put(manifest: Fake.index(entries), in: "app", tag: "latest")
    #expect(shown(try await harness.snapshot(try compatible("linux/amd64"))) == ["linux/amd64 2"])
  }
}
