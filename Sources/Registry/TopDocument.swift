import ImageModel
import StrictJSON

/// What a tag resolves to, read and told apart.
enum TopDocument: Sendable {
  case index(ImageIndex)
  case manifest(ImageManifest)

  /// For messages, where the tag stands beside them.
  private static let name = "the document"

  /// Reads the document behind a tag.
  ///
  /// Index or manifest is decided by `Content-Type` and the body's own `mediaType`, which must agree; where
  /// one is silent the other decides, where both are, the shape. A document that could be read either way is
  /// refused: two readers would see two images in it (CVE-2021-41190).
  /// Source: opencontainers/image-spec `media-types.md`, Media Type Conflicts.
  ///
  /// - Parameter contentType: the header's value.
  /// - Returns: the document and its media type.
  static func read(_ bytes: [UInt8], contentType: String?) throws(CheckFailure) -> (TopDocument, MediaType) {
    let name = Self.name
    let sent = contentType.map { MediaType($0) }
    if let sent, !sent.isWatchable, bytes.first != UInt8(ascii: "{") {
      throw CheckFailure(
        .badResponse, "\(name) is sent as \(sent.shown) and is no JSON", remedy: CheckFailure.maybeNoRegistry)
    }
    let json = try parse(bytes, name: name)
    let header = sent.flatMap { $0.isSpecific ? $0 : nil }
    let own = json["mediaType"]?.string.map { MediaType($0) }
    if let header, let own, header != own {
      throw CheckFailure(badDocument: "\(name) is sent as \(header.shown) and calls itself \(own.shown)")
    }
    let type: MediaType
    if let known = header ?? own { type = known } else { type = try shape(of: json, name: name) }
    return (try read(json, as: type, name: name), type)
  }

  /// Reads a document whose type is known: a descriptor's type counts, since its digest matched.
  static func read(_ bytes: [UInt8], as type: MediaType, name: String = Self.name) throws(CheckFailure) -> TopDocument {
    let json = try parse(bytes, name: name)
    if let own = json["mediaType"]?.string.map({ MediaType($0) }), own.isIndex != type.isIndex {
      throw CheckFailure(badDocument: "\(name) is listed as \(type.shown) and calls itself \(own.shown)")
    }
    return try read(json, as: type, name: name)
  }

  /// What a document is by its own word, else by its shape, where nobody else says it.
  static func type(of bytes: [UInt8], name: String) throws(CheckFailure) -> MediaType {
    let json = try parse(bytes, name: name)
    if let own = json["mediaType"]?.string.map({ MediaType($0) }) { return own }
    return try shape(of: json, name: name)
  }

  private static func parse(_ bytes: [UInt8], name: String) throws(CheckFailure) -> JSONValue {
    let json: JSONValue
    do { json = try StrictJSON.parse(bytes, limits: .manifest) } catch { throw CheckFailure(error, in: name) }
    guard json.object != nil else { throw CheckFailure(badDocument: "\(name) is not a JSON object") }
    return json
  }

  private static func read(_ json: JSONValue, as type: MediaType, name: String) throws(CheckFailure) -> TopDocument {
    if type.isSchema1 || json["schemaVersion"]?.integer == 1 {
      throw CheckFailure(
        .unsupportedDocument, "\(name) is a schema 1 manifest, which has no image ID",
        remedy: "it has to be pushed anew")
    }
    guard type.isIndex || type.isManifest else {
      throw CheckFailure(
        .unsupportedDocument, "\(name) is \(type.shown), which cannot be watched", remedy: "name an image")
    }
    guard json["schemaVersion"]?.integer == 2 else {
      throw CheckFailure(badDocument: "\(name) lacks schemaVersion 2")
    }
    if json.has("manifests"), json.has("config") || json.has("layers") {
      throw CheckFailure(badDocument: "\(name) is index and manifest at once, which is how images are forged")
    }
    return type.isIndex ? .index(try ImageIndex(json, name: name)) : .manifest(try ImageManifest(json, name: name))
  }

  private static func shape(of json: JSONValue, name: String) throws(CheckFailure) -> MediaType {
    if json["schemaVersion"]?.integer == 1 { return .schema1 }
    if json.has("manifests") { return .ociIndex }
    if json.has("config"), json.has("layers") { return .ociManifest }
    throw CheckFailure(
      .badDocument, "\(name) is neither an index nor a manifest", remedy: CheckFailure.maybeNoRegistry)
  }
}

extension JSONValue {
  /// Whether a member is there and says something: writers in Go put `null` for what they leave out.
  fileprivate func has(_ key: String) -> Bool { self[key].map { !$0.isNull } ?? false }
}

extension JSONLimits {
  /// A thousand index entries with annotations, or a manifest of as many layers, have a fraction of that.
  static let manifest = JSONLimits(depth: Limits.jsonDepth, bytes: Limits.manifestBytes, values: 100_000)
  static let config = JSONLimits(depth: Limits.jsonDepth, bytes: Limits.configBlobBytes, values: 200_000)
}

extension MediaType {
  /// Whether the type says more than that something was sent: Artifactory and static hosts send generic ones.
  var isSpecific: Bool {
    !["", "application/json", "text/plain", "text/json", "application/octet-stream", "binary/octet-stream"]
      .contains(description)
  }

  /// An index entry of another kind is not an error; it is nothing to watch.
  var isWatchable: Bool { isIndex || isManifest }

  /// For messages: registries choose the text.
  var shown: String { description.safe(limit: 80) }
}
