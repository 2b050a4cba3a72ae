/// Which characters text for people may have.
struct Charset: Hashable {
  private static let encodings: Set<Substring> = ["utf-8", "utf8"]
  private static let replacements: [Unicode.Scalar: String] = ["–": "-", "·": "|", "…": "..."]

  /// Whether nothing but ASCII is sure to be shown as it is meant.
  let isASCII: Bool

  init(isASCII: Bool) { self.isASCII = isASCII }

  /// As the locale has it: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set. Without any it is C, where there
  /// is no more than ASCII. Source: setlocale(3).
  init(environment: [String: String]) {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    let encoding = locale.lowercased().prefix { $0 != "@" }.split(separator: ".").last ?? ""
    isASCII = !Self.encodings.contains(encoding)
  }

  /// The text in these characters; others are written as `safe()` writes what must not be seen.
  func callAsFunction(_ text: String) -> String {
    guard isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    return text.unicodeScalars.map { scalar in
      scalar.isASCII
        ? String(scalar) : Self.replacements[scalar] ?? "\\u{\(String(scalar.value, radix: 16))}"
    }.joined()
  }

  func bytes(_ text: String) -> [UInt8] { Array(self(text).utf8) }
}
