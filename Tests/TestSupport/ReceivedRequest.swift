/// One request as it came over the wire.
package struct ReceivedRequest: Sendable {
  package let method: String
  /// The request target as sent, `/v2/a/manifests/b?x=1`.
  package let target: String
  /// The part of `target` before `?`, as sent.
  package let path: String
  /// The pairs after `?` in order, decoded as a form: percent escapes, and `+` for a space.
  package let query: [(String, String)]
  /// In the order sent, names as spelled.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  /// Which TCP connection of the server it came over, counted from 1.
  package let connection: Int

  /// The first header of that name, in any case.
  package func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }

  /// The first query value of that name.
  package func query(_ name: String) -> String? { query.first { $0.0 == name }?.1 }

  /// All query values of that name.
  package func queries(_ name: String) -> [String] { query.filter { $0.0 == name }.map(\.1) }

  /// The first value of that name in a body that is a form.
  package func form(_ name: String) -> String? {
    Self.pairs(String(decoding: body, as: UTF8.self)[...]).first { $0.0 == name }?.1
  }

  /// Parses request line and headers, without the empty line that ends them; `nil` for anything malformed.
  package init?(head: ArraySlice<UInt8>, body: [UInt8], connection: Int) {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
    guard let first = lines.first else { return nil }
    let words = first.split(separator: " ")
    guard words.count == 3 else { return nil }
    method = String(words[0])
    target = String(words[1])
    let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    query = parts.count == 2 ? Self.pairs(parts[1]) : []
    var headers: [(name: String, value: String)] = []
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers.append((String(line[..<colon]), String(value)))
    }
    self.headers = headers
    self.body = body
    self.connection = connection
  }

  private static func pairs(_ text: Substring) -> [(String, String)] {
    text.split(separator: "&").map { pair in
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (decoded(halves[0]), halves.count == 2 ? decoded(halves[1]) : "")
    }
  }

  private static func decoded(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        out.append(value)
        index += 3
      } else {
        out.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
