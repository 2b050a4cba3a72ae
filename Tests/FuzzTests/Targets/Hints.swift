import Hints
import ImageModel

/// What services send as hints, and the address they send it to.
extension FuzzTarget {
  static let hints = [FuzzTarget(name: "hint", check: hint), FuzzTarget(name: "hint-address", check: hintAddress)]

  /// The first line is the source, and the registry that is meant.
  @Sendable private static func hint(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    let words = parts[0].text.split(separator: " ", maxSplits: 1).map(String.init)
    guard let source = words.first.flatMap(HintSource.init) else { return }
    let registry = words.count > 1 ? words[1] : nil
    if case .visit(let url) = try? source.handshake(in: HintSource.document(parts[1])) {
      try hold(url.isSafe && url.hasPrefix("https://sns."), "would have somebody open \(shown(url))")
    }
    switch Result(catching: { () throws(HintRefusal) in
      try source.images(in: HintSource.document(parts[1]), registry: registry)
    }) {
    case .success(let images):
      try hold(images.count <= Limits.hintImages, "\(images.count) images")
      for image in images {
        // It is a name that the watchlist could have.
        let name = "\(image.repository)" + (image.tag.map { ":\($0)" } ?? "")
        let again = try ImageReference(name)
        try hold(
          again.domain == image.repository.domain && again.path == image.repository.path, "another name: \(name)")
        try hold(image.tag == nil || again.tag == image.tag, "another tag: \(name)")
      }
    case .failure(let refusal):
      try hold(refusal.reason.isSafe && refusal.reason.utf8.count < 2_048, "says \(shown(refusal.reason))")
    }
  }

  /// The path in the first line, the query in the second.
  @Sendable private static func hintAddress(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    guard let address = HintAddress(path: parts[0].text, query: parts[1].text) else { return }
    try hold(parts[0].text.hasPrefix("\(HintAddress.prefix)\(address.source.rawValue)"), "another source")
    try hold(address.secret?.isEmpty != true && address.registry?.isEmpty != true, "something empty")
  }
}
