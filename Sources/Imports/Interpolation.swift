/// Puts values in the place of variables: `$NAME`, `${NAME}`, `${NAME:-default}` and the like, one within another.
///
/// Source: docs.docker.com, Compose file reference, Interpolation; Dockerfile reference, Environment replacement.
struct Interpolation {
  /// Why a text cannot be told.
  enum Failure: Error, Hashable {
    /// A variable that has no value and no default.
    case unset(String)
    /// What is no form of a variable.
    case unknown(String)
    /// It comes to more text than any image has.
    case tooLong
  }

  let variables: [String: String]
  /// What takes its meaning from a `$` behind it: `$` in Compose, a backslash in a Dockerfile.
  let escape: UInt8

  func callAsFunction(_ text: String) throws(Failure) -> String {
    guard text.utf8.count <= Findings.textBytes else { throw .tooLong }
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    return String(decoding: try expanded(Array(text.utf8)[...], depth: 32), as: UTF8.self)
  }

  private func expanded(_ text: ArraySlice<UInt8>, depth: Int) throws(Failure) -> [UInt8] {
    guard depth > 0 else { throw .tooLong }
    var out: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == escape, rest.first == UInt8(ascii: "$") {
        out.append(rest.removeFirst())
      } else if byte == UInt8(ascii: "$") {
        out += try variable(&rest, depth)
      } else {
        out.append(byte)
      }
      guard out.count <= Findings.textBytes else { throw .tooLong }
    }
    return out
  }

  /// What follows a `$`.
  private func variable(_ rest: inout ArraySlice<UInt8>, _ depth: Int) throws(Failure) -> [UInt8] {
    guard rest.first == UInt8(ascii: "{") else {
      let name = Self.name(&rest)
      guard !name.isEmpty else { throw .unknown("$") }
      return try Self.given(value(name), name)
    }
    let whole = rest
    guard let end = Self.closingBrace(rest) else { throw .unknown(Self.text(whole)) }
    var inside = rest[(rest.startIndex + 1)..<end]
    rest = rest[(end + 1)...]
    let name = Self.name(&inside)
    guard !name.isEmpty else { throw .unknown(Self.text(whole[...end])) }
    let takesEmpty = inside.first != UInt8(ascii: ":")
    if !takesEmpty { inside.removeFirst() }
    let value = value(name).flatMap { $0.isEmpty && !takesEmpty ? nil : $0 }
    switch (inside.popFirst(), takesEmpty) {
    case (nil, true), (UInt8(ascii: "?"), _): return try Self.given(value, name)
    case (UInt8(ascii: "-"), _):
      guard let value else { return try expanded(inside, depth: depth - 1) }
      return value
    case (UInt8(ascii: "+"), _): return value == nil ? [] : try expanded(inside, depth: depth - 1)
    default: throw .unknown(Self.text(whole[...end]))
    }
  }

  private static func given(_ value: [UInt8]?, _ name: String) throws(Failure) -> [UInt8] {
    guard let value else { throw .unset(name) }
    return value
  }

  private func value(_ name: String) -> [UInt8]? { variables[name].map { Array($0.utf8) } }

  private static func text(_ braces: ArraySlice<UInt8>) -> String { "$" + String(decoding: braces, as: UTF8.self) }

  /// Letters, digits and underscores, no digit first.
  static func name(_ rest: inout ArraySlice<UInt8>) -> String {
    let name = rest.prefix { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == 0x5f }
    guard let first = name.first, !(0x30...0x39).contains(first) else { return "" }
    rest = rest[name.endIndex...]
    return String(decoding: name, as: UTF8.self)
  }

  /// Of a text that begins with a brace.
  private static func closingBrace(_ text: ArraySlice<UInt8>) -> Int? {
    var open = 0
    for index in text.indices {
      if text[index] == UInt8(ascii: "{"), index == text.startIndex || text[index - 1] == UInt8(ascii: "$") {
        open += 1
      } else if text[index] == UInt8(ascii: "}") {
        open -= 1
        if open == 0 { return index }
      }
    }
    return nil
  }
}

extension Interpolation.Failure {
  /// - Parameter source: what could have given a variable its value: `no .env and no default`.
  func explanation(_ source: String) -> String {
    switch self {
    case .unset(let name): "\(name) has no value: \(source) gives it one"
    case .unknown(let form): "\(form) is more than can be told without running it"
    case .tooLong: "it comes to more than any image reference has"
    }
  }
}
