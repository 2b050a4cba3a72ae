import ImageModel

/// How an image looks wherever it is shown: a colour and a pattern, the same for the same digest everywhere, and told
/// apart without seeing colours.
struct ImageMark: Hashable {
  static let colours = 8
  static let patterns = 4

  let colour: Int
  /// 0 for none.
  let pattern: Int

  init(_ digest: Digest) {
    let number = Int(digest.hex.prefix(4), radix: 16) ?? 0
    (colour, pattern) = (number % Self.colours, number / Self.colours % Self.patterns)
  }

  /// A small square before a digest.
  var chip: HTML { "<span class=\"chip c\(colour) p\(pattern)\"></span>" }
}

extension HTML {
  /// A digest, short; pointing at it shows all of it.
  static func digest(_ digest: Digest) -> HTML { "<code title=\"\(digest)\">\(digest.short)</code>" }

  /// What an image is told apart by, with its mark.
  static func image(_ imageID: Digest?, manifest: Digest) -> HTML {
    let name: HTML = imageID.map { digest($0) } ?? "<span class=\"none\">manifest</span> \(digest(manifest))"
    return "<span class=\"image\">\(ImageMark(imageID ?? manifest).chip)\(name)</span>"
  }
}
