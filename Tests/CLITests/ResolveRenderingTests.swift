import Answers
import ImageModel
import Testing

@testable import watcher

@Suite struct ResolveRenderingTests {
  private static func rendering(_ reference: String, _ platforms: [Platform?]) throws -> ResolveRendering {
    let images = try platforms.enumerated().map { index, platform in
      PlatformImage(
        platform: platform, manifest: try Samples.digest("\(index)"), manifestSize: 1_150 + index,
        imageID: index == 0 ? try Samples.digest("d") : nil, configSize: index == 0 ? 2_345 : nil, layers: [],
        config: index == 0
          ? ImageConfig(created: "2026-09-17T21:13:04Z", platform: platform, diffIDs: [], labels: [:]) : nil,
        artifactType: index == 0 ? nil : "application/vnd.example.thing\u{1b}")
    }
    let snapshot = TagSnapshot(
      digest: try Samples.digest("7"), mediaType: .ociIndex, size: 770, images: images, documents: [])
    return ResolveRendering(answer: ResolveAnswer(reference: try ImageReference(reference), snapshot: snapshot))
  }

  @Test func text() throws {
    let digest = try Samples.digest("7")
    #expect(
      try Self.rendering("amazonlinux", [Samples.amd64, nil]).text(TextFormat()) == """
        docker.io/library/amazonlinux:latest
          digest      777777777777
          media type  application/vnd.oci.image.index.v1+json
          size        770 bytes
          pull        docker.io/library/amazonlinux@\(digest)

        PLATFORM     IMAGE ID      BYTES  MANIFEST      BYTES  CREATED (UTC)
        linux/amd64  dddddddddddd   2345  000000000000   1150  2026-09-17 21:13:04
        -            -                 -  111111111111   1151  -

        no image ID (artifact: application/vnd.example.thing\\u{1b})

        """)
  }

  @Test func anArtifactOfAPlatformIsNamedWithIt() throws {
    let text = try Self.rendering("amazonlinux", [Samples.amd64, Samples.arm64]).text(TextFormat())
    #expect(
      text.hasSuffix("\n\nlinux/arm64: no image ID (artifact: application/vnd.example.thing\\u{1b})\n"), "\(text)")
  }

  @Test func remarksStandBelow() throws {
    let snapshot = TagSnapshot(
      digest: try Samples.digest("7"), mediaType: .ociIndex, size: 770, images: [], documents: [],
      remarks: ["linux/arm64 is listed more than once\u{1b}[31m"])
    let answer = ResolveAnswer(reference: try ImageReference("amazonlinux"), snapshot: snapshot)
    let text = ResolveRendering(answer: answer).text(TextFormat())
    #expect(text.hasSuffix("\n\nnote: linux/arm64 is listed more than once\\u{1b}[31m\n"), "\(text)")
  }

  @Test func textWithDigestsInFull() throws {
    let text = try Self.rendering("amazonlinux", [Samples.amd64]).text(TextFormat(digests: DigestText(isFull: true)))
    let (image, manifest) = (try Samples.digest("d"), try Samples.digest("0"))
    #expect(
      text.hasSuffix(
        """

        linux/amd64, created 2026-09-17 21:13:04 UTC
          image ID  \(image)
          manifest  \(manifest)
          bytes     config 2345, manifest 1150

        """))
    let unknown = try Self.rendering("a", [Samples.amd64, nil]).text(TextFormat(digests: DigestText(isFull: true)))
    #expect(
      unknown.hasSuffix(
        """
        manifest 1150

        -
          image ID  no image ID (artifact: application/vnd.example.thing\\u{1b})
          manifest  \(try Samples.digest("1"))
          bytes     manifest 1151

        """))
  }

  @Test func textOnANarrowTerminal() throws {
    let text = try Self.rendering("amazonlinux", [Samples.amd64]).text(TextFormat(width: 70))
    #expect(
      text.hasSuffix(
        """

        PLATFORM               DIGEST        BYTES  CREATED (UTC)
        linux/amd64  image ID  dddddddddddd   2345  2026-09-17 21:13:04
                     manifest  000000000000   1150

        """))
  }

  @Test func noImageNoTable() throws {
    let text = try Self.rendering("amazonlinux", []).text(TextFormat())
    #expect(!text.contains("PLATFORM"))
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
  }

  @Test func json() throws {
    let digest = try Samples.digest("7")
    let bytes = try Self.rendering("ghcr.io/o/i@\(digest)", [Samples.amd64, nil]).answer.json.bytes
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        {"reference":"ghcr.io/o/i@\(digest)","digest":"\(digest)",\
        "media_type":"application/vnd.oci.image.index.v1+json","size":770,"pull":"ghcr.io/o/i@\(digest)","platforms":[\
        {"platform":"linux/amd64","manifest":"\(try Samples.digest("0"))","manifest_size":1150,\
        "image_id":"\(try Samples.digest("d"))","config_size":2345,"created":"2026-09-17T21:13:04Z"},\
        {"platform":null,"manifest":"\(try Samples.digest("1"))","manifest_size":1151,"image_id":null,\
        "config_size":null,"created":null}]}
        """)
  }

  @Test(
    arguments: [
      ([], [Samples.amd64], []), ([Samples.amd64], [Samples.amd64, Samples.arm64], []),
      ([Samples.arm64], [Samples.amd64], [Samples.arm64]), ([Samples.arm64], [], [Samples.arm64]),
      ([Samples.arm64], [nil], []),
    ] as [([Platform], [Platform?], [Platform])])
  func missingPlatforms(wanted: [Platform], present: [Platform?], missing: [Platform]) {
    #expect(MissingPlatforms.among(present, asked: wanted) == missing)
  }
}
