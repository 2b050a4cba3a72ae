/// The beginning of a digest, as people copy one: hexadecimal digits, with or without the algorithm.
package struct DigestPrefix: Hashable, Sendable, CustomStringConvertible {
  /// Fewer fit too much.
  package static let shortest = 6

  /// Why a text is none.
  package enum ParseError: Error, Hashable, Sendable {
    /// Other than hexadecimal digits.
    case format
    /// Fewer than `shortest`.
    case tooShort
    /// More than a digest has.
    case tooLong
    case unsupportedAlgorithm
  }

  /// `nil` where any may be meant.
  package let algorithm: Digest.Algorithm?
  /// In lower case.
  package let hex: String

  /// Of a reference with a digest that is what follows the `@`.
  ///
  /// - Parameter shortest: with how many digits to be content.
  package init(_ text: some StringProtocol, shortest: Int = Self.shortest) throws(ParseError) {
    let digest = text.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    let parts = digest.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let digits = parts.last?.lowercased(), text.last != "@" else { throw .format }
    algorithm = parts.count == 2 ? Digest.Algorithm(rawValue: parts[0].lowercased()) : nil
    guard algorithm != nil || parts.count == 1 else { throw .unsupportedAlgorithm }
    guard digits.utf8.allSatisfy({ ("0"..."9").contains(UnicodeScalar($0)) || ("a"..."f").contains(UnicodeScalar($0)) })
    else { throw .format }
    guard digits.utf8.count >= shortest else { throw .tooShort }
    guard digits.utf8.count <= (algorithm ?? .sha512).hexLength else { throw .tooLong }
    hex = digits
  }

  package var description: String { (algorithm.map { "\($0.rawValue):" } ?? "") + hex }

  /// Between which texts the digests lie that begin so, by algorithm: from the first on, before the second.
  package var ranges: [(from: String, before: String)] {
    (algorithm.map { [$0] } ?? Digest.Algorithm.allCases).map { algorithm in
      // No hexadecimal digit comes after this letter.
      ("\(algorithm.rawValue):\(hex)", "\(algorithm.rawValue):\(hex)g")
    }
  }
}
