import ImageModel
import TestSupport
import Testing

@testable import Documents

@Suite struct StoredDocumentTests {
  @Test func readsStoredDocumentsAgain() throws {
    let labelled = FakeRegistryImage("x")
    let manifest = labelled.manifest("linux/arm64")
    #expect(ImageDocuments.layers(ofManifest: manifest) == [labelled.layer("linux/arm64")])
    #expect(ImageDocuments.layers(ofManifest: labelled.index) == nil)
    let config = try #require(ImageDocuments.config(labelled.config("linux/arm64")))
    #expect(config.platform?.description == "linux/arm64")
    #expect(config.created == "2024-01-01T00:00:00Z")
    #expect(config.diffIDs.count == 1)
    let odd = FakeRegistryImage.document(
      .ociConfig, ["created": "yesterday", "config": .members(["Labels": .members(["a": "b", "c": 1])])])
    #expect(
      ImageDocuments.config(odd) == ImageConfig(created: nil, platform: nil, diffIDs: [], labels: ["a": "b"]))
  }
}
