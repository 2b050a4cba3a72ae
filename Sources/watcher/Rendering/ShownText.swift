import ImageModel

extension String {
  /// `safe()`, at no cost for plain ASCII.
  var shown: String {
    utf8.count <= 512 && utf8.allSatisfy { (0x20..<0x7f).contains($0) } ? self : safe()
  }
}
