import Answers
import ImageModel
import TestSupport
import Testing

@testable import watcher

@Suite struct ResolveRenderingTests {
  private static func rendering(_ reference: String, _ platforms: [Platform?]) throws -> ResolveRendering {
    ResolveRendering(
      answer: ResolveAnswer(reference: try ImageReference(reference), snapshot: try Samples.resolved(platforms)))
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

        PLATFORM     IMAGE ID      IMAGE SIZE  MANIFEST      MANIFEST SIZE  CREATED (UTC)
        linux/amd64  dddddddddddd     53.2 MB  000000000000         1.1 kB  2026-09-17 21:13:04
        -            -                      -  111111111111         1.1 kB  -

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
          image ID       \(image)
          manifest       \(manifest)
          manifest size  1150 bytes
          image size     53254144 bytes

        """))
    let unknown = try Self.rendering("a", [Samples.amd64, nil]).text(TextFormat(digests: DigestText(isFull: true)))
    #expect(
      unknown.hasSuffix(
        """
        53254144 bytes

        -
          image ID       no image ID (artifact: application/vnd.example.thing\\u{1b})
          manifest       \(try Samples.digest("1"))
          manifest size  1151 bytes
          image size     -

        """))
  }

  @Test func textOnANarrowTerminal() throws {
    let text = try Self.rendering("amazonlinux", [Samples.amd64]).text(TextFormat(width: 70))
    #expect(
      text.hasSuffix(
        """

        PLATFORM               DIGEST           SIZE  CREATED (UTC)
        linux/amd64  image ID  dddddddddddd  53.2 MB  2026-09-17 21:13:04
                     manifest  000000000000   1.1 kB

        """))
  }

  @Test func noImageNoTable() throws {
    let text = try Self.rendering("amazonlinux", []).text(TextFormat())
    #expect(!text.contains("PLATFORM"))
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
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
