import ImageModel
import TestSupport
import Testing

@testable import Documents

/// Documents as a registry has sent them, read without one.
@Suite struct AmazonlinuxTests {
  private func read(_ name: String) throws -> (sent: SentDocument, document: TopDocument, type: MediaType) {
    let sent = try SentDocument(try AmazonlinuxDocuments.bytes(name), contentType: nil)
    let (document, type) = try sent.read()
    return (sent, document, type)
  }

  @Test func theIndexListsItsPlatforms() throws {
    let (sent, document, type) = try read("index.json")
    #expect(type == .dockerList && sent.sha256.description == AmazonlinuxDocuments.top)
    guard case .index(let index) = document else {
      Issue.record("not an index: \(document)")
      return
    }
    #expect(index.entries.map { $0.platform?.description } == ["linux/amd64", "linux/arm64"])
    #expect(index.entries.map(\.size) == [529, 529])
  }

  @Test(arguments: [("amd64", AmazonlinuxDocuments.amd64, 1_478), ("arm64", AmazonlinuxDocuments.arm64, 1_493)])
  func aManifestNamesTheImageID(_ name: String, _ imageID: String, _ size: Int) throws {
    let (sent, document, type) = try read("\(name).manifest.json")
    guard case .manifest(let manifest) = document else {
      Issue.record("not a manifest: \(document)")
      return
    }
    #expect(type == .dockerManifest && manifest.config.digest.description == imageID)
    #expect(manifest.config.size == size && manifest.layers.count == 1)
    guard case .index(let index) = try read("index.json").document else {
      Issue.record("not an index")
      return
    }
    #expect(index.entries.contains { $0.digest == sent.sha256 }, "which the index names by its digest")
  }
}
