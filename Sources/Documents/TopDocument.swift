package import ImageModel
package import StrictJSON

/// What a tag resolves to, read and told apart.
package enum TopDocument: Sendable {
  case index(ImageIndex)
  case manifest(ImageManifest)
  /// Schema 1.
  case legacy(LegacyManifest)

  /// Reads a document whose type is known: a descriptor's type counts, since its digest matched.
  package static func read(_ bytes: [UInt8], as type: MediaType, name: String) throws(CheckFailure) -> TopDocument {
    let json = try parse(bytes, name: name).get()
    if let own = json["mediaType"]?.string.map({ MediaType($0) }), own.isIndex != type.isIndex {
      throw CheckFailure(badDocument: "\(name) is listed as \(type.shown) and calls itself \(own.shown)")
    }
    return try read(json, as: type, name: name)
  }

  /// What a document is by its own word, else by its shape, where nobody else says it.
  package static func type(of bytes: [UInt8], name: String) throws(CheckFailure) -> MediaType {
    let json = try parse(bytes, name: name).get()
    if let own = json["mediaType"]?.string.map({ MediaType($0) }) { return own }
    return try shape(of: json, name: name)
  }

  static func parse(_ bytes: [UInt8], name: String) -> Result<JSONValue, CheckFailure> {
    do {
      let json = try StrictJSON.parse(bytes, limits: .manifest)
      return json.object != nil ? .success(json) : .failure(CheckFailure(badDocument: "\(name) is not a JSON object"))
    } catch {
      return .failure(CheckFailure(error, in: name))
    }
  }

  /// - Parameter type: an index or a manifest.
  static func read(_ json: JSONValue, as type: MediaType, name: String) throws(CheckFailure) -> TopDocument {
    guard json["schemaVersion"]?.integer == 2 else {
      throw CheckFailure(badDocument: "\(name) lacks schemaVersion 2")
    }
    if json.has("manifests"), json.has("config") || json.has("layers") {
      throw CheckFailure(badDocument: "\(name) is index and manifest at once, which is how images are forged")
    }
    return type.isIndex ? .index(try ImageIndex(json, name: name)) : .manifest(try ImageManifest(json, name: name))
  }

  static func shape(of json: JSONValue, name: String) throws(CheckFailure) -> MediaType {
    if json["schemaVersion"]?.integer == 1 { return .schema1 }
    if json.has("manifests") { return .ociIndex }
    if json.has("config"), json.has("layers") { return .ociManifest }
    throw CheckFailure(
      .badDocument, "\(name) is neither an index nor a manifest", remedy: CheckFailure.maybeNoRegistry)
  }
}

extension JSONValue {
  /// Whether a member is there and says something: writers in Go put `null` for what they leave out.
  func has(_ key: String) -> Bool { self[key].map { !$0.isNull } ?? false }
}

extension JSONLimits {
  /// A thousand index entries with annotations, or a manifest of as many layers, have a fraction of that.
  package static let manifest = JSONLimits(depth: Limits.jsonDepth, bytes: Limits.manifestBytes, values: 100_000)
  static let config = JSONLimits(depth: Limits.jsonDepth, bytes: Limits.configBlobBytes, values: 200_000)
}

extension MediaType {
  /// Whether the type says more than that something was sent: Artifactory and static hosts send generic ones.
  package var isSpecific: Bool {
    !["", "application/json", "text/plain", "text/json", "application/octet-stream", "binary/octet-stream"]
      .contains(description)
  }

  /// An index entry of another kind is not an error; it is nothing to watch.
  package var isWatchable: Bool { isIndex || isManifest }

  /// What a tag may point to.
  package var isTop: Bool { isWatchable || isSchema1 }

  /// Whether a document of that kind can be read, or the type tells nothing.
  var isReadable: Bool { isTop || !isSpecific }

  /// For messages: registries choose the text.
  package var shown: String { description.safe(limit: 80) }
}
