extension HTTPRequest {
  /// Adds the header lines of this request to `list`. Control characters in a name or value are refused: a
  /// token from a hostile server must not become a header of its own.
  ///
  /// - Returns: the name of the header at fault, `nil` if there is none.
  func addHeaderLines(to list: CurlList) -> String? {
    for (name, value) in headers {
      guard Self.add(name, value, to: list) else { return name }
    }
    if let authorization {
      guard Self.add("Authorization", authorization, to: list) else { return "Authorization" }
    }
    // Unasked, libcurl calls every body a form.
    if method.hasBody, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      guard list.append("Content-Type:") else { return "Content-Type" }
    }
    return nil
  }

  private static func add(_ name: String, _ value: String, to list: CurlList) -> Bool {
    guard !name.isEmpty, name.utf8.allSatisfy(isNameByte), value.utf8.allSatisfy(isValueByte) else { return false }
    // `Name:` would take the header away.
    return list.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
  }

  /// RFC 9110, section 5.6.2.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "^")...UInt8(ascii: "z"), UInt8(ascii: "#")...UInt8(ascii: "'"):
      true
    default: "!*+-.|~".utf8.contains(byte)
    }
  }

  /// RFC 9110, section 5.5.
  private static func isValueByte(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t")
  }
}
