import ImageModel
import Questions

/// How text for people is to look.
struct TextFormat {
  var style = Style(isOn: false)
  var digests = DigestText(isFull: false)
  var times = TimeText(isLocal: false)
  var charset = Charset(isASCII: false)
  /// Columns of the terminal; `nil` where lines may be as long as they like.
  var width: Int?
}

/// Digests in text.
struct DigestText {
  let isFull: Bool

  /// Twelve hex characters or the whole digest; `-` where there is none.
  func callAsFunction(_ digest: Digest?) -> String {
    digest.map { isFull ? $0.description : $0.short } ?? "-"
  }
}
