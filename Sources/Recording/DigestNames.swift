import Documents
import History
import ImageModel

/// One document has a digest in each algorithm. A registry that goes over from one to another has changed nothing, so
/// what was recorded is compared by the names that the new state has for the same bytes.
struct DigestNames {
  private var names: [Digest: Digest] = [:]

  /// - Parameter stored: a document recorded earlier.
  init(from old: StoredSnapshot, to new: TagSnapshot, stored: (Digest) throws -> Document?) rethrows {
    let known = Set(old.digests)
    let algorithms = Set(known.map(\.algorithm))
    for digest in Set(new.digests) where !known.contains(digest) {
      let others = algorithms.subtracting([digest.algorithm])
      guard !others.isEmpty, let document = try new.documents.first(where: { $0.digest == digest }) ?? stored(digest)
      else { continue }
      for algorithm in others {
        guard let other = ImageDocuments.digest(algorithm, of: document), known.contains(other) else { continue }
        names[other] = digest
      }
    }
  }

  /// What is the digest itself where the new state names no such bytes.
  func name(_ digest: Digest) -> Digest { names[digest] ?? digest }
}

extension StoredSnapshot {
  fileprivate var digests: [Digest] { [digest] + images.flatMap { [$0.manifest] + ($0.imageID.map { [$0] } ?? []) } }
}

extension TagSnapshot {
  fileprivate var digests: [Digest] { [digest] + images.flatMap { [$0.manifest] + ($0.imageID.map { [$0] } ?? []) } }
}
