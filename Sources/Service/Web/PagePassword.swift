import FoundationEssentials
import Hashing

/// What whoever looks at pages and API has to know.
enum PagePassword {
  /// Why a text is none; `nil` where it is one.
  static func fault(_ text: String) -> String? {
    if text.allSatisfy(\.isWhitespace) { return "it is empty" }
    return text.utf8.contains { $0 < 0x20 || $0 == 0x7f } ? "it holds more than one line" : nil
  }

  /// Whether what was sent shows it: with any user name, or as a token. Takes as long whatever is sent.
  ///
  /// - Parameter authorization: the header. Sources: RFC 7617, RFC 6750.
  static func isShown(in authorization: String, _ password: String) -> Bool {
    let parts = authorization.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return false }
    let sent: [UInt8]? =
      switch parts[0].lowercased() {
      case "bearer": Array(parts[1].utf8)
      case "basic":
        Data(base64Encoded: parts[1]).flatMap { pair in
          pair.firstIndex(of: UInt8(ascii: ":")).map { [UInt8](pair[($0 + 1)...]) }
        }
      default: nil
      }
    return sent.map { Hash.isSame($0, as: Array(password.utf8)) } ?? false
  }
}
