extension String {
  /// Every byte but those of `kept`, and those that RFC 3986 calls unreserved, as `%2F`.
  package func percentEncoded(keeping kept: String = "") -> String {
    var out = ""
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: out.unicodeScalars.append(.init(byte))
      case _ where kept.utf8.contains(byte): out.unicodeScalars.append(.init(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        out += "%" + (hex.utf8.count < 2 ? "0" : "") + hex
      }
    }
    return out
  }
}
