import FoundationEssentials

/// The byte-exact documents of `amazonlinux:latest` of November 2022 (`Tests/fixtures/amazonlinux/README.md`).
package enum AmazonlinuxDocuments {
  package static let top = "sha256:a8e94ea6c17f7749b1beb0ac2c3245e0b99804190f31e05f68a0fabb5bea1787"
  /// Image IDs.
  package static let amd64 = "sha256:6e809582795f51280dda491769531ca101af7ce73ff67ec039597b1f000fef8c"
  package static let arm64 = "sha256:b63c3d5a14ae516d5edaa98abdd502ef3e1387825976894b400cc5e28c05c9f1"

  /// - Parameter name: `index.json`, `amd64.manifest.json` or `arm64.manifest.json`.
  package static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: ProjectFile.path("Tests/fixtures/amazonlinux/\(name)"))))
  }
}
