import Documents
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// A proxy between that compresses documents although nobody asked it to.
@Suite struct CodedDocumentTests {
  private let image = FakeRegistryImage("one")

  /// A registry behind a proxy that codes the bodies of GET in this way.
  private func harness(_ coding: String, _ code: @escaping @Sendable ([UInt8]) -> [UInt8]) throws -> Harness {
    let harness = try Harness()
    harness.registry.put(image, in: "app", tag: "latest")
    let documents = [image.index] + image.manifests + image.configs
    harness.registry.setFault { request in
      guard request.method == "GET", let sent = documents.first(where: { request.path.hasSuffix("\($0.digest)") })
      else { return nil }
      return ScriptedResponse(
        200, headers: [("Content-Type", sent.mediaType.description), ("Content-Encoding", coding)],
        body: code(sent.bytes))
    }
    return harness
  }

  @Test func theDigestIsThatOfWhatWasCoded() async throws {
    let harness = try harness("gzip", Self.gzip)
    let snapshot = try await harness.snapshot()
    #expect(snapshot.digest == image.index.digest)
    #expect(snapshot.images.map(\.imageID) == image.platforms.map { image.imageID($0) })
    #expect(snapshot.images.allSatisfy { $0.config?.created == image.created })
    #expect(snapshot.documents.allSatisfy(ImageDocuments.isIntact))
    let gets = harness.registry.requests.filter { $0.method == "GET" }
    #expect(!gets.isEmpty && gets.allSatisfy { $0.header("Accept-Encoding") == "identity" })
  }

  @Test(arguments: ["br", "zstd", "x-secret"])
  func aCodingThatCannotBeUndoneIsNamed(_ coding: String) async throws {
    let failure = await (try harness(coding) { $0 }).failure()
    #expect(failure?.code == .badResponse)
    #expect(failure?.what.contains("in the content coding \(coding), unasked") == true, "\(failure?.message ?? "")")
  }

  @Test func whatComesOutIsLimited() async throws {
    // Made before anybody waits for it.
    let coded = Self.gzip([UInt8](repeating: 0x20, count: Limits.manifestBytes + 1))
    let failure = await (try harness("gzip") { _ in coded }).failure()
    #expect(failure?.code == .tooLarge)
  }

  /// In stored blocks (RFC 1952; RFC 1951, 3.2.4).
  private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var coded: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    for start in stride(from: 0, to: bytes.count, by: 65_535) {
      let block = bytes[start..<min(start + 65_535, bytes.count)]
      let length = UInt16(block.count)
      coded.append(start + 65_535 >= bytes.count ? 1 : 0)
      for number in [length, ~length] { coded += [UInt8(number & 255), UInt8(number >> 8)] }
      coded += block
    }
    for number in [checksum(bytes), UInt32(bytes.count)] {
      coded += (0..<4).map { UInt8(number >> (8 * UInt32($0)) & 255) }
    }
    return coded
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
    }
  }
}
