package import History
package import ImageModel

/// Digests and their beginnings, as people write them.
package enum DigestArgument {
  /// Of digests that a beginning fits, those that are told.
  static let shown = 10

  package static func prefix(_ text: String) throws(QuestionError) -> DigestPrefix {
    do throws(DigestPrefix.ParseError) {
      return try DigestPrefix(text)
    } catch {
      let reason =
        switch error {
        case .format: "write hexadecimal digits, as in b63c3d5a or sha256:b63c3d5a"
        case .tooShort: "write at least \(DigestPrefix.shortest) digits"
        case .tooLong: "no digest has so many digits"
        case .unsupportedAlgorithm: "registries use sha256, sha384 and sha512"
        }
      throw QuestionError(.usage, "not the beginning of a digest (\(text.safe(limit: 300))): \(reason)")
    }
  }

  /// The recorded digest that begins so.
  ///
  /// - Throws: status 66 where there is none, 64 where there are several.
  package static func digest(_ prefix: DigestPrefix, in reader: HistoryReader) throws -> Digest {
    let digests = try reader.digests(prefix, limit: shown + 1)
    guard let digest = digests.first else {
      throw QuestionError(
        .notFound,
        "no recorded digest begins so (\(prefix) in \(reader.path.shown)): recorded are the image IDs, manifests and "
          + "indexes of the platforms that are watched, from the first check on")
    }
    guard digests.count == 1 else { throw ambiguous(prefix, digests, in: reader) }
    return digest
  }

  static func ambiguous(_ prefix: DigestPrefix, _ digests: [Digest], in reader: HistoryReader) -> QuestionError {
    let count = digests.count > shown ? "more than \(shown)" : "\(digests.count)"
    let list = digests.prefix(shown).map(\.description).joined(separator: ", ")
    return QuestionError(
      .usage,
      "\(count) digests begin so (\(prefix) in \(reader.path.shown)): write more of the one that is meant: \(list)")
  }
}
