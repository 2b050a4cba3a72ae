import ImageModel
import StrictJSON

/// A list of manifests. Source: opencontainers/image-spec `image-index.md`.
package struct ImageIndex: Hashable, Sendable {
  /// Indexes and manifests, attestations among them, in order; also what has no media type, or one that says nothing.
  /// Entries of other kinds are no error and left out.
  package let entries: [Descriptor]
  /// The kinds of those left out, safe to show, each once.
  package let otherTypes: [String]
  /// All entries, those left out too.
  package let count: Int
  /// What it calls itself, safe to show; images' indexes call themselves nothing.
  package let artifactType: String?

  init(_ json: JSONValue, name: String) throws(CheckFailure) {
    guard let manifests = json["manifests"]?.array else {
      throw CheckFailure(badDocument: "\(name) is no index: it lacks manifests")
    }
    guard manifests.count <= Limits.indexEntries else {
      throw CheckFailure(
        .tooLarge, "\(name) has \(manifests.count) entries, more than \(Limits.indexEntries)",
        remedy: CheckFailure.fewerDocuments)
    }
    var entries: [Descriptor] = []
    var others: [String] = []
    for manifest in manifests {
      let type = MediaType(manifest["mediaType"]?.string ?? "")
      guard type.isWatchable || !type.isSpecific else {
        if !others.contains(type.shown) { others.append(type.shown) }
        continue
      }
      entries.append(try Descriptor(manifest, as: type, role: "an entry of \(name)"))
    }
    self.entries = entries
    otherTypes = others
    count = manifests.count
    artifactType = json["artifactType"]?.string.flatMap { $0.isEmpty ? nil : MediaType($0).shown }
  }
}
