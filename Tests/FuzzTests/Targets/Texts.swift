import Config
import ImageModel

/// Names, digests and times.
extension FuzzTarget {
  static let texts = [
    FuzzTarget(name: "reference", check: reference), FuzzTarget(name: "written-reference", check: writtenReference),
    FuzzTarget(name: "digest", check: digest), FuzzTarget(name: "platform", check: platform),
    FuzzTarget(name: "media-type", check: mediaType), FuzzTarget(name: "timestamp", check: timestamp),
    FuzzTarget(name: "safe-text", check: safeText),
  ]

  @Sendable private static func reference(_ bytes: [UInt8]) throws {
    let text = bytes.text
    let reference: ImageReference
    do {
      reference = try ImageReference(text)
    } catch {
      try hold(!error.explanation.isEmpty, "no explanation")
      guard case .uppercase(let suggestion) = error else { return }
      try hold((try? ImageReference(suggestion)) != nil, "the advice \(shown(suggestion)) is of no use")
      return
    }
    try isSound(reference)
  }

  private static func isSound(_ reference: ImageReference) throws {
    try hold(reference.description.isVisibleASCII, "not visible ASCII: \(shown(reference.description))")
    try hold(reference.path.isLowerASCII && (1...255).contains(reference.path.utf8.count), "path \(reference.path)")
    try hold((1...128).contains((reference.tag ?? "x").utf8.count), "a tag of that length")
    try hold(reference.tag != nil || reference.digest != nil, "neither tag nor digest")
    try same(try ImageReference(reference.description), reference, "printed and read again")
    if let tag = reference.tagReference {
      try same(try ImageReference(tag.description).tagReference, tag, "the tag printed and read again")
    }
  }

  @Sendable private static func writtenReference(_ bytes: [UInt8]) throws {
    let canonical: ImageReference
    do throws(WrittenReference.Mistake) {
      canonical = try WrittenReference(bytes.text).canonical
    } catch {
      try hold(error.explanation.isSafe && !error.explanation.isEmpty, "explained as \(shown(error.explanation))")
      return
    }
    try isSound(canonical)
    try hold(canonical.domain.isLowerASCII, "\(canonical.domain) has upper case")
    try same(try WrittenReference(canonical.description).canonical, canonical, "canonical of the canonical")
    if let tag = canonical.tagReference { try same(WrittenReference.respelled(tag), tag, "respelled") }
  }

  @Sendable private static func digest(_ bytes: [UInt8]) throws {
    guard let digest = try? Digest(bytes.text) else { return }
    try isSound(digest)
    try hold(Array(digest.description.utf8) == bytes, "it is not the text that was read")
  }

  static func isSound(_ digest: Digest) throws {
    try same(digest.hex.utf8.count, digest.algorithm.hexLength, "length")
    try hold(
      digest.hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) },
      "not lower hex: \(digest)")
    try same(try Digest(digest.description), digest, "printed and read again")
  }

  /// A platform's own text, or the four fields of a descriptor on a line each.
  @Sendable private static func platform(_ bytes: [UInt8]) throws {
    let fields = bytes.parts(4).map(\.text)
    try isSound(Platform(os: fields[0], architecture: fields[1], variant: fields[2], osVersion: fields[3]))
    if let platform = Platform(bytes.text) { try isSound(platform) }
    if let selection = PlatformSelection(stored: bytes.text) {
      try same(PlatformSelection(stored: selection.stored), selection, "stored and read again")
    }
  }

  static func isSound(_ platform: Platform) throws {
    try hold(platform.description.isVisibleASCII, "not visible ASCII: \(shown(platform.description))")
    try same(Platform(platform.description), platform, "printed and read again")
    try hold(platform.matches(platform), "\(platform) is not what it is")
  }

  @Sendable private static func mediaType(_ bytes: [UInt8]) throws {
    let type = MediaType(bytes.text)
    try isSound(type)
    guard type.isIndex || type.isManifest || type.isImageConfig || type.isSchema1 else { return }
    let bare = bytes.prefix { $0 != UInt8(ascii: ";") }
    try hold(bare.allSatisfy { $0 < 0x80 }, "\(shown(bytes.text)) is taken for \(type)")
  }

  static func isSound(_ type: MediaType) throws {
    let text = type.description
    try hold(text.utf8.count <= 255, "\(text.utf8.count) bytes")
    try hold(text.isLowerASCII && !text.contains(";"), "\(shown(text)) is not bare and in lower case")
    try same(MediaType(text), type, "read again")
  }

  @Sendable private static func timestamp(_ bytes: [UInt8]) throws {
    guard let time = Timestamp(rfc3339: bytes.text) else { return }
    try same(Timestamp(rfc3339: time.description), time, "printed and read again")
  }

  @Sendable private static func safeText(_ bytes: [UInt8]) throws {
    let safe = bytes.text.safe(limit: 64)
    try hold(safe.isSafe, "\(shown(safe)) is not safe")
    try hold(safe.unicodeScalars.count <= 64 * 10 + 1, "\(safe.unicodeScalars.count) characters")
  }
}
