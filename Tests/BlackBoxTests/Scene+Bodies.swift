import Compression

extension Scene {
  /// The documents of the events that are recorded, in their order.
  func bodies() throws -> [String] { try sql("SELECT hex(body) FROM event ORDER BY sequence").map(Self.text) }

  /// What is in a frame, of which these are the hexadecimal digits.
  static func text(frame: some StringProtocol) throws -> String {
    let digits = Array(frame)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
    return try bytes.withUnsafeBytes { String(decoding: try Frame.decompress($0, limit: 1 << 20), as: UTF8.self) }
  }
}
