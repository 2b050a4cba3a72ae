import ImageModel

extension HTML {
  /// A reference, which breaks behind a slash and before its tag where it has to.
  static func name(_ tag: TagReference) -> HTML {
    let name = tag.familiar
    let place = name.dropLast(tag.tag.utf8.count + 1).split(separator: "/").map { "\($0)" as HTML }
    return "\(place.joined("/<wbr>"))<wbr>:\(tag.tag)"
  }
}
