import Documents
import Hashing
import ImageModel

@testable import Registry

/// What a tag leads to.
extension FuzzTarget {
  static let documents = [
    FuzzTarget(name: "document", check: document), FuzzTarget(name: "image-config", check: imageConfig),
  ]

  /// `Content-Type`, and the body. Index, manifest, schema 1, and whatever calls itself one.
  @Sendable private static func document(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    let contentType = parts[0].isEmpty ? nil : parts[0].text
    let body = parts[1]
    do throws(CheckFailure) {
      let sent = try SentDocument(body, contentType: contentType)
      let digest = sent.sha256
      let (content, type) = try read(sent)
      do {
        try isSound(type)
        try hold(type.isTop || !type.isSpecific, "\(type) was read")
        try hold(sent.matches(digest) && sent.isOne(of: [digest]), "it does not match its own digest")
        try isSound(content, body)
        try isStoredAlike(Document(digest: digest, mediaType: type, bytes: body), content)
      } catch {
        // Not a refusal: it must not be taken for one.
        try broken(error)
      }
    } catch {
      if error.code == Self.brokenCode { throw Violation(description: error.what) }
      try isSound(error)
    }
    for type in [MediaType.ociIndex, .dockerManifest] {
      do throws(CheckFailure) { _ = try TopDocument.read(body, as: type, name: "x") } catch { try isSound(error) }
    }
    if let type = try? TopDocument.type(of: body, name: "x") { try isSound(type) }
  }

  private static let brokenCode = CheckFailure.Code.dns

  private static func read(_ sent: SentDocument) throws(CheckFailure) -> (TopDocument, MediaType) { try sent.read() }

  private static func broken(_ error: any Error) throws(CheckFailure) {
    throw CheckFailure(brokenCode, "\(error)", remedy: nil)
  }

  private static func isSound(_ failure: CheckFailure) throws {
    try hold(
      [.badDocument, .unsupportedDocument, .badResponse, .tooLarge].contains(failure.code),
      "\(failure.code) of a document")
    try hold(failure.what.isSafe && !failure.what.isEmpty, "says \(shown(failure.what))")
  }

  private static func isSound(_ document: TopDocument, _ bytes: [UInt8]) throws {
    switch document {
    case .index(let index):
      try hold(index.entries.count <= index.count && index.count <= Limits.indexEntries, "\(index.count) entries")
      for entry in index.entries { try isSound(entry) }
      for type in index.otherTypes + [index.artifactType ?? ""] { try hold(type.isSafe, "type \(shown(type))") }
      try same(Set(index.otherTypes).count, index.otherTypes.count, "each once")
    case .manifest(let manifest):
      try isSound(manifest.config)
      for layer in manifest.layers { try isSound(layer) }
      try hold(manifest.artifactType.isSafe, "type \(shown(manifest.artifactType))")
      try hold(!manifest.isImage || manifest.config.mediaType.isImageConfig, "an image without a config")
    case .legacy(let manifest):
      for layer in manifest.layers { try isSound(layer) }
      if let config = manifest.config { try isSound(config) }
    }
  }

  private static func isSound(_ descriptor: Descriptor) throws {
    try isSound(descriptor.digest)
    try isSound(descriptor.mediaType)
    try hold(descriptor.size >= 0, "size \(descriptor.size)")
    if let platform = descriptor.platform { try isSound(platform) }
  }

  private static func isSound(_ config: ImageConfig) throws {
    if let created = config.created { try hold(Timestamp(rfc3339: created) != nil, "created \(shown(created))") }
    if let platform = config.platform { try isSound(platform) }
    for digest in config.diffIDs { try isSound(digest) }
  }

  /// What is stored is read again, years later: it has to be the same then.
  private static func isStoredAlike(_ document: Document, _ content: TopDocument) throws {
    try hold(ImageDocuments.isIntact(document), "it is not intact when it is read again")
    let layers = ImageDocuments.layers(ofManifest: document)
    switch content {
    case .index: try hold(layers == nil, "an index with layers")
    case .manifest(let manifest): try same(layers, manifest.layers, "layers read again")
    case .legacy(let manifest): try same(layers, manifest.layers, "layers read again")
    }
  }

  @Sendable private static func imageConfig(_ bytes: [UInt8]) throws {
    let document = Document(digest: Hash.digest(.sha256, of: bytes), mediaType: .ociConfig, bytes: bytes)
    try hold(ImageDocuments.isIntact(document), "not intact")
    if let config = ImageDocuments.config(document) { try isSound(config) }
  }
}
