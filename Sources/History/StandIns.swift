import GRDB
import ImageModel

extension StoredSnapshot {
  /// The entries of an index, of a tag whose platforms are matched as compatible: digest and platform.
  private static let entries = """
    SELECT j.value ->> '$.digest', \(field("os")), \(field("architecture")), \(field("variant")),
      \(field("\"os.version\""))
    FROM tag t CROSS JOIN document d ON d.digest = ?
      CROSS JOIN json_each(\(StoredFrame.json("d.bytes")), '$.manifests') j
    WHERE t.id = ? AND t.walked LIKE 'compatible:%' AND j.type = 'object'
    """

  private static func field(_ name: String) -> String { "CAST(j.value ->> '$.platform.\(name)' AS TEXT)" }

  /// The same with `found` of each image: a state is recorded under the platforms that were asked for, and its index
  /// says what is really there. Of an index within another that is not looked for.
  func namingStandIns(_ db: Database, tag: TagID) throws -> StoredSnapshot {
    guard mediaType.isIndex else { return self }
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: Self.entries), arguments: [digest.description, tag])
    var listed: [String: [Platform]] = [:]
    while let row = try rows.next() {
      guard let digest = try row.optionalText(0), let architecture = try row.optionalText(2) else { continue }
      listed[digest, default: []].append(
        Platform(
          os: try row.optionalText(1) ?? "", architecture: architecture, variant: try row.optionalText(3),
          osVersion: try row.optionalText(4)))
    }
    guard !listed.isEmpty else { return self }
    return with(
      images.map { image in
        guard let platform = image.platform, let names = listed[image.manifest.description],
          let nearest = platform.nearest(in: names).first, names[nearest] != platform
        else { return image }
        var image = image
        image.found = names[nearest]
        return image
      })
  }
}
