/// A content digest, `algorithm:hex`, as go-digest defines it: one of three algorithms, lower-case hex
/// of exactly the algorithm's length. A value of this type is always well formed.
///
/// Source: opencontainers/image-spec `descriptor.md`, Digests.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
  package enum Algorithm: String, Sendable, CaseIterable {
    case sha256, sha384, sha512

    /// Length of the hex part in characters.
    package var hexLength: Int {
      switch self {
      case .sha256: 64
      case .sha384: 96
      case .sha512: 128
      }
    }
  }

  /// Why a text is not a digest.
  package enum ParseError: Error, Hashable, Sendable {
    /// Not of the form `algorithm:hex` with lower-case hex.
    case format
    /// Well formed, of an algorithm that cannot be verified here.
    case unsupportedAlgorithm
    /// The hex part is not as long as the algorithm demands.
    case length
  }

  /// `sha256:…`: the canonical text.
  package let description: String

  package init(_ text: some StringProtocol) throws(ParseError) { try self.init(String(text)) }

  package init(_ text: String) throws(ParseError) {
    // Bytes, not characters: a combining mark after the colon is one character with it.
    let bytes = text.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw .format }
    let name = bytes[..<colon]
    let hex = bytes[bytes.index(after: colon)...]
    guard !name.isEmpty, !hex.isEmpty, hex.allSatisfy(Self.isLowerHex) else { throw .format }
    guard let algorithm = Algorithm(rawValue: String(decoding: name, as: UTF8.self)) else {
      throw .unsupportedAlgorithm
    }
    guard hex.count == algorithm.hexLength else { throw .length }
    description = text
  }

  /// A digest from raw hash bytes.
  ///
  /// - Precondition: `bytes` has the algorithm's length (32, 48 or 64).
  package init(_ algorithm: Algorithm, bytes: some Collection<UInt8>) {
    precondition(bytes.count * 2 == algorithm.hexLength, "a \(algorithm) digest of \(bytes.count) bytes")
    let name = algorithm.rawValue.utf8
    description = String(unsafeUninitializedCapacity: name.count + 1 + algorithm.hexLength) { text in
      var end = text.initialize(fromContentsOf: name)
      text[end] = UInt8(ascii: ":")
      for byte in bytes {
        text[end + 1] = Self.hexDigit(byte >> 4)
        text[end + 2] = Self.hexDigit(byte & 15)
        end += 2
      }
      return end + 1
    }
  }

  package var algorithm: Algorithm {
    switch description.utf8.count {
    case 7 + 64: .sha256
    case 7 + 96: .sha384
    default: .sha512
    }
  }

  /// The hex part.
  package var hex: Substring { description.dropFirst(7) }

  /// The first twelve hex characters, as `docker image ls` prints an image ID.
  package var short: String { String(hex.prefix(12)) }

  private static func isLowerHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}
