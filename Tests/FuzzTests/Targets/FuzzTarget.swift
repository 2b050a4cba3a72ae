/// A reader of bytes from outside, with what has to hold of whatever it makes of them. That it comes to an end without
/// a trap is for whoever runs it to see.
struct FuzzTarget: Sendable {
  /// Also the name of its folder in `corpus`.
  let name: String
  /// Throws what does not hold.
  let check: @Sendable ([UInt8]) throws -> Void

  static let all =
    texts + addresses + json + registry + documents + transport + configuration + delivery + control + endpoint
    + imports + containers + messages + hints + api + frames

  static subscript(name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Something that was to hold and does not.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws {
  if !condition { throw Violation(description: what()) }
}

func same<Value: Equatable>(_ a: Value, _ b: Value, _ what: String) throws {
  try hold(a == b, "\(what): \(a) is not \(b)")
}

/// `String(describing:)` that tells texts apart that only look alike.
func shown(_ text: String) -> String { text.debugDescription }

extension [UInt8] {
  /// As readers get it that are given text.
  var text: String { String(decoding: self, as: UTF8.self) }

  /// The parts between line ends: `count` of them, the last with the rest; empty where there are fewer. For readers
  /// that are given several things.
  func parts(_ count: Int) -> [[UInt8]] {
    let lines = split(separator: UInt8(ascii: "\n"), maxSplits: count - 1, omittingEmptySubsequences: false)
    return lines.map { [UInt8]($0) } + Array<[UInt8]>(repeating: [], count: count - lines.count)
  }
}

extension String {
  /// Whether no terminal and no log can be deceived by it.
  var isSafe: Bool {
    unicodeScalars.allSatisfy {
      switch $0.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
  }

  func containsBytes(of text: Substring) -> Bool {
    let (bytes, wanted) = (Array(utf8), Array(text.utf8))
    return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
  }

  var isVisibleASCII: Bool { utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } }

  /// In the ASCII sense: no other letters have a case that HTTP knows of.
  var isLowerASCII: Bool { !utf8.contains { (0x41...0x5a).contains($0) } }
}
