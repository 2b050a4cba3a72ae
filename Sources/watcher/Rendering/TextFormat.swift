/// How text for people is to look.
struct TextFormat {
  var style = Style(isOn: false)
  var digests = DigestText(isFull: false)
  var times = TimeText(isLocal: false)
  /// Columns of the terminal; `nil` where lines may be as long as they like.
  var width: Int?
}
