import StrictJSON

extension JSONError.Code {
  /// What to do about a document that is not JSON, where its message does not say so.
  var hint: String? {
    switch self {
    case .byteOrderMark, .invalidUTF8: "save the file as UTF-8 without a byte order mark"
    case .unexpectedEnd: "a closing bracket or a quote is missing"
    case .trailingComma: "remove the comma"
    case .comment: "remove the comment"
    case .trailingBytes: "the file holds one object; a bracket may close too early"
    default: nil
    }
  }
}
