/// Why a text is not an image reference.
package enum ReferenceError: Error, Hashable, Sendable {
  /// Does not fit the grammar.
  case format
  /// Upper case in the repository name; the payload is the lower-cased text to suggest.
  case uppercase(suggestion: String)
  /// The repository path is longer than 255 bytes.
  case nameTooLong
  /// 64 hex characters: an image ID, not a name.
  case identifier
  /// The part after `@` is no digest.
  case digest(Digest.ParseError)

  /// What is wrong and what to do, for a person.
  package var explanation: String {
    switch self {
    case .format: "it does not fit [domain[:port]/]path[:tag][@digest]"
    case .uppercase(let suggestion): "repository names are lower case; write \(suggestion)"
    case .nameTooLong: "the repository path is longer than 255 bytes"
    case .identifier: "64 hex characters are an image ID, not a name; name a repository and a tag"
    case .digest(.format): "the part after @ is not algorithm:hex in lower case"
    case .digest(.unsupportedAlgorithm): "the digest after @ must be sha256, sha384 or sha512"
    case .digest(.length): "the digest after @ has the wrong length for its algorithm"
    }
  }
}

/// The reference grammar and its normalisation, as distribution/reference has them (`regexp.go`,
/// `normalize.go`). A hand-written scanner: the text comes from people and from registries, and a scanner
/// never backtracks. Lengths are bytes and everything accepted is ASCII.
enum ReferenceParser {
  private static let defaultDomain = "docker.io"
  private static let pathLimit = 255
  private static let tagLimit = 128

  static func parse(_ text: String) throws(ReferenceError) -> ImageReference {
    let bytes = Array(text.utf8)
    if bytes.count == 64 && bytes.allSatisfy(\.isLowerHex) { throw .identifier }
    var (domain, remainder) = splitDomain(bytes[...])
    let name = remainder.prefix { $0 != UInt8(ascii: ":") }
    if name.contains(where: \.isUpper) {
      let suggestion = lowercased(bytes, in: name.indices)
      // Advice that does not help either is none.
      guard (try? parse(suggestion)) != nil else { throw .format }
      throw .uppercase(suggestion: suggestion)
    }
    if domain == nil || domain?.elementsEqual(defaultDomain.utf8) == true {
      if !remainder.contains(UInt8(ascii: "/")) { remainder = Array("library/".utf8) + remainder }
    }
    return try parseNormalised(domain: domain, remainder: remainder)
  }

  static func isTag(_ text: String) -> Bool {
    var scanner = Scanner(Array(text.utf8)[...])
    return scanner.scanTag(limit: tagLimit) != nil && scanner.isAtEnd
  }

  /// The first element is a domain when it is `localhost`, holds `.` or `:`, or holds upper case.
  private static func splitDomain(_ bytes: ArraySlice<UInt8>) -> (ArraySlice<UInt8>?, ArraySlice<UInt8>) {
    guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return (nil, bytes) }
    let first = bytes[..<slash]
    let isDomain =
      first.elementsEqual("localhost".utf8) || first.contains(UInt8(ascii: "."))
      || first.contains(UInt8(ascii: ":")) || first.contains(where: \.isUpper)
    guard isDomain else { return (nil, bytes) }
    let rest = bytes[(slash + 1)...]
    return first.elementsEqual("index.docker.io".utf8) ? (nil, rest) : (first, rest)
  }

  private static func parseNormalised(
    domain: ArraySlice<UInt8>?, remainder: ArraySlice<UInt8>
  ) throws(ReferenceError) -> ImageReference {
    var scanner = Scanner(remainder)
    if let domain, !isDomain(domain) { throw .format }
    guard let path = scanner.scanPath() else { throw .format }
    var tag: String?
    if scanner.skip(UInt8(ascii: ":")) {
      guard let scanned = scanner.scanTag(limit: tagLimit) else { throw .format }
      tag = scanned
    }
    var digest: Digest?
    if scanner.skip(UInt8(ascii: "@")) {
      let text = String(decoding: scanner.rest, as: UTF8.self)
      guard Scanner.isDigestShaped(scanner.rest) else { throw digestError(text) }
      do { digest = try Digest(text) } catch { throw .digest(error) }
      scanner.skipRest()
    }
    guard scanner.isAtEnd else { throw .format }
    guard path.utf8.count <= pathLimit else { throw .nameTooLong }
    return ImageReference(
      domain: domain.map { String(decoding: $0, as: UTF8.self) } ?? defaultDomain, path: path,
      tag: tag ?? (digest == nil ? "latest" : nil), digest: digest)
  }

  private static func digestError(_ text: String) -> ReferenceError {
    do {
      _ = try Digest(text)
      return .format
    } catch {
      return error == .length ? .digest(.length) : .format
    }
  }

  /// The text with the repository name in lower case; domain and tag may hold upper case and keep it.
  private static func lowercased(_ text: [UInt8], in name: Range<Int>) -> String {
    let bytes = text.enumerated().map { index, byte in name.contains(index) && byte.isUpper ? byte | 0x20 : byte }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `host [":" digits]`; port digits are not range-checked, as in the reference library.
  private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
    var scanner = Scanner(bytes)
    guard scanner.scanHost() else { return false }
    if scanner.skip(UInt8(ascii: ":")) {
      guard scanner.scanRun(where: \.isDigit) > 0 else { return false }
    }
    return scanner.isAtEnd
  }
}

/// A cursor over bytes with one method per production of the grammar.
private struct Scanner {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  mutating func skipRest() { rest = rest[rest.endIndex...] }

  /// Skips a run and says how long it was.
  mutating func scanRun(where matches: (UInt8) -> Bool) -> Int {
    let run = rest.prefix(while: matches)
    rest = rest[run.endIndex...]
    return run.count
  }

  /// `comp *("." comp)` or a bracketed IPv6 literal.
  mutating func scanHost() -> Bool {
    if skip(UInt8(ascii: "[")) {
      return scanRun { $0.isHex || $0 == UInt8(ascii: ":") } > 0 && skip(UInt8(ascii: "]"))
    }
    repeat {
      let component = rest.prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
      guard let first = component.first, let last = component.last, first.isAlphanumeric, last.isAlphanumeric
      else { return false }
      rest = rest[component.endIndex...]
    } while skip(UInt8(ascii: "."))
    return true
  }

  /// `pcomp *("/" pcomp)`.
  mutating func scanPath() -> String? {
    let start = rest
    repeat {
      guard scanPathComponent() else { return nil }
    } while skip(UInt8(ascii: "/"))
    return String(decoding: start[..<rest.startIndex], as: UTF8.self)
  }

  /// `1*(lower/digit) *( sep 1*(lower/digit) )`, where `sep` is `.`, `_`, `__` or a run of `-`.
  private mutating func scanPathComponent() -> Bool {
    guard scanRun(where: \.isLowerAlphanumeric) > 0 else { return false }
    while let next = rest.first, [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(next) {
      let separators = scanRun { $0 == next }
      let longest = next == UInt8(ascii: ".") ? 1 : next == UInt8(ascii: "_") ? 2 : Int.max
      guard separators <= longest, scanRun(where: \.isLowerAlphanumeric) > 0 else { return false }
    }
    return true
  }

  mutating func scanTag(limit: Int) -> String? {
    let tag = rest.prefix { $0.isAlphanumeric || "_.-".utf8.contains($0) }
    guard let first = tag.first, first.isAlphanumeric || first == UInt8(ascii: "_"), tag.count <= limit else {
      return nil
    }
    rest = rest[tag.endIndex...]
    return String(decoding: tag, as: UTF8.self)
  }

  /// The syntactic shape of a digest: an algorithm name, a colon and 32 or more hex digits.
  static func isDigestShaped(_ bytes: ArraySlice<UInt8>) -> Bool {
    var scanner = Scanner(bytes)
    repeat {
      guard scanner.rest.first?.isLetter == true else { return false }
      _ = scanner.scanRun(where: \.isAlphanumeric)
    } while "-_+.".utf8.contains(where: { scanner.skip($0) })
    guard scanner.skip(UInt8(ascii: ":")) else { return false }
    return scanner.rest.count >= 32 && scanner.rest.allSatisfy(\.isHex)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isUpper: Bool { (0x41...0x5a).contains(self) }
  fileprivate var isLetter: Bool { isLower || isUpper }
  fileprivate var isLower: Bool { (0x61...0x7a).contains(self) }
  fileprivate var isLowerHex: Bool { isDigit || (0x61...0x66).contains(self) }
  fileprivate var isHex: Bool { isLowerHex || (0x41...0x46).contains(self) }
  fileprivate var isLowerAlphanumeric: Bool { isDigit || isLower }
  fileprivate var isAlphanumeric: Bool { isLowerAlphanumeric || isUpper }
}
