import ImageModel
import Testing

@Suite struct MediaTypeTests {
  @Test(arguments: [
    "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.index.v1+json; charset=utf-8",
    "Application/VND.oci.image.index.v1+JSON", "  application/vnd.oci.image.index.v1+json\t",
    "application/vnd.oci.image.index.v1+json ;charset=\"utf-8\"; q=1", "application/vnd.oci.image.index.v1+json;",
  ])
  func dropsParametersAndCase(text: String) {
    #expect(MediaType(text) == .ociIndex)
    #expect(MediaType(text).description == "application/vnd.oci.image.index.v1+json")
  }

  @Test(arguments: [
    "", ";", " ", "application/json", "application/vnd.oci.image.index.v1+json2", "text/html; charset=utf-8",
    "application/vnd.oci.image.index.v1+json, text/html", "application/vnd. oci.image.index.v1+json",
    "application/vnd.oci.image.index.v1+json\n",
  ])
  func othersAreNoManifests(text: String) {
    let type = MediaType(text)
    #expect(!type.isIndex && !type.isManifest && !type.isImageConfig && !type.isSchema1)
  }

  @Test func kinds() {
    #expect([MediaType.ociIndex, .dockerList].allSatisfy { $0.isIndex && !$0.isManifest && !$0.isSchema1 })
    #expect([MediaType.ociManifest, .dockerManifest].allSatisfy { $0.isManifest && !$0.isIndex })
    #expect([MediaType.ociConfig, .dockerConfig].allSatisfy { $0.isImageConfig && !$0.isManifest })
    #expect([MediaType.schema1, .schema1Signed].allSatisfy { $0.isSchema1 && !$0.isManifest })
  }

  /// All four, always: a registry that misses the stored type among them answers 404 or converts.
  @Test func asksForEveryManifestType() {
    #expect(MediaType.manifestTypes.count == 4)
    #expect(Set(MediaType.manifestTypes).count == 4)
    #expect(MediaType.manifestTypes.allSatisfy { $0.isIndex || $0.isManifest })
  }

  /// A registry chooses this text, and events carry it.
  @Test func isBounded() {
    let long = "application/" + String(repeating: "x", count: 1_000_000)
    #expect(MediaType(long).description.utf8.count == 255)
  }
}
