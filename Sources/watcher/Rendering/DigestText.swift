import ImageModel

/// Digests in text.
struct DigestText {
  let isFull: Bool

  /// Twelve hex characters or the whole digest; `-` where there is none.
  func callAsFunction(_ digest: Digest?) -> String {
    digest.map { isFull ? $0.description : $0.short } ?? "-"
  }
}
