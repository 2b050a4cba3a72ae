/// An origin that requests of one kind may reach, with the text of the URLs that lead there. The authority of a
/// URL ends at its first slash, so what begins with the same text up to that slash goes to the same place.
struct KnownOrigin: Sendable {
  let origin: Origin
  /// `http://127.0.0.1:5000/`.
  private let prefix: [UInt8]
  private let allowsPlainHTTP: Bool
  private let addresses: AddressPolicy

  /// `nil` when the URL has no path.
  init?(_ origin: Origin, of request: HTTPRequest) {
    let url = request.url.utf8
    var slashes = 0
    guard
      let end = url.firstIndex(where: { byte in
        slashes += byte == UInt8(ascii: "/") ? 1 : 0
        return slashes == 3
      }), !url[..<end].contains(UInt8(ascii: "?")), !url[..<end].contains(UInt8(ascii: "#"))
    else { return nil }
    self.origin = origin
    prefix = Array(url[...end])
    allowsPlainHTTP = request.allowPlainHTTP
    addresses = request.addresses
  }

  func covers(_ request: HTTPRequest) -> Bool {
    guard request.allowPlainHTTP == allowsPlainHTTP && request.addresses == addresses else { return false }
    var url = request.url
    // Byte for byte: text that only looks the same may lead elsewhere.
    return url.withUTF8 { bytes in bytes.starts(with: prefix) && !bytes.contains { $0 <= 0x20 || $0 == 0x7f } }
  }
}
