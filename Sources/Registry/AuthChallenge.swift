/// One challenge of `WWW-Authenticate`. Source: RFC 9110 section 11.6.1.
struct AuthChallenge: Hashable, Sendable {
  /// Lower-cased: `bearer`, `basic`.
  let scheme: String
  /// Names lower-cased; of a repeated parameter the first counts.
  let parameters: [String: String]

  subscript(name: String) -> String? { parameters[name] }

  /// Reads all challenges of all header lines. What cannot be read ends a line's list; the challenges before
  /// it count.
  static func parse(_ lines: [String]) -> [AuthChallenge] {
    var challenges: [AuthChallenge] = []
    for line in lines.prefix(8) where line.utf8.count <= 8_192 {
      var scanner = ChallengeScanner(line)
      while challenges.count < 16, let challenge = scanner.next() { challenges.append(challenge) }
    }
    return challenges
  }
}

/// A cursor over one header line. Commas separate challenges as well as parameters and may stand in quoted
/// values (`scope="repository:a/b:pull,push"`), so nothing is split before it is read.
private struct ChallengeScanner {
  private var rest: ArraySlice<UInt8>

  init(_ line: String) { rest = Array(line.utf8)[...] }

  mutating func next() -> AuthChallenge? {
    skipSeparators()
    guard let scheme = token() else { return nil }
    // `token68`, as in `Negotiate YII=`, is skipped: no scheme that is spoken here has one.
    if let after = afterToken68() { rest = after }
    var parameters: [String: String] = [:]
    while let (name, value) = parameter() {
      if parameters[name] == nil { parameters[name] = value }
    }
    return AuthChallenge(scheme: scheme, parameters: parameters)
  }

  /// `name = value` with optional blanks; leaves the cursor where it was if none follows.
  private mutating func parameter() -> (String, String)? {
    let start = rest
    skipSeparators()
    guard let name = token() else {
      rest = start
      return nil
    }
    skipBlanks()
    guard rest.first == UInt8(ascii: "=") else {
      rest = start
      return nil
    }
    rest.removeFirst()
    skipBlanks()
    guard let value = rest.first == UInt8(ascii: "\"") ? quoted() : plainValue() else {
      rest = []
      return nil
    }
    return (name, value)
  }

  private mutating func quoted() -> String? {
    rest.removeFirst()
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst() else { return nil }
        bytes.append(escaped)
      default: bytes.append(byte)
      }
    }
    return nil
  }

  /// A value without quotes. Servers send URLs so, which RFC 9110 does not allow, hence more than a token.
  private mutating func plainValue() -> String? {
    let run = rest.prefix { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
    rest = rest[run.endIndex...]
    return run.isEmpty ? nil : String(decoding: run, as: UTF8.self)
  }

  private mutating func token() -> String? {
    let run = rest.prefix(while: Self.isTokenByte)
    guard !run.isEmpty else { return nil }
    rest = rest[run.endIndex...]
    return String(decoding: run, as: UTF8.self).lowercased()
  }

  /// What follows a `token68` that stands alone, `nil` if a parameter or another challenge comes next.
  private func afterToken68() -> ArraySlice<UInt8>? {
    guard rest.first == 0x20 else { return nil }
    let text = rest.drop { $0 == 0x20 }
    var tail = text.drop { Self.isTokenByte($0) || $0 == UInt8(ascii: "/") }
    guard tail.startIndex > text.startIndex else { return nil }
    tail = tail.drop { $0 == UInt8(ascii: "=") }
    tail = tail.drop { $0 == 0x20 || $0 == 0x09 }
    return tail.isEmpty || tail.first == UInt8(ascii: ",") ? tail : nil
  }

  private mutating func skipSeparators() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
  }

  private mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
