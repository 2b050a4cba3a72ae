/// Response headers as received. They are looked up in the raw bytes: a poll reads one or two of ten, and
/// most are never made into strings.
package struct HTTPHeaders: Sendable {
  /// Lines `Name: value` with their line ends, without status line and trailers.
  package let raw: [UInt8]

  package init(raw: [UInt8]) { self.raw = raw }

  package init(_ fields: [(name: String, value: String)]) {
    raw = Array(fields.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
  }

  /// The first value of that name in any case, without surrounding blanks. Bytes that are not UTF-8 are
  /// replaced.
  package func first(_ name: String) -> String? {
    var found: String?
    scan(name) { value in
      found = String(decoding: value, as: UTF8.self)
      return false
    }
    return found
  }

  /// All values of that name, in order.
  package func all(_ name: String) -> [String] {
    var found: [String] = []
    scan(name) { value in
      found.append(String(decoding: value, as: UTF8.self))
      return true
    }
    return found
  }

  /// Whether there is any of that name.
  package func contains(_ name: String) -> Bool {
    var isThere = false
    scan(name) { _ in
      isThere = true
      return false
    }
    return isThere
  }

  /// Whether the first value of that name, without surrounding blanks, is just that.
  package func isFirst(_ name: String, _ value: UnsafeRawBufferPointer) -> Bool {
    var isSame = false
    scan(name) { first in
      isSame = first.elementsEqual(value)
      return false
    }
    return isSame
  }

  /// Calls `visit` with each value of that name until it returns false.
  private func scan(_ name: String, visit: (Slice<UnsafeRawBufferPointer>) -> Bool) {
    var name = name
    raw.withUnsafeBytes { bytes in
      name.withUTF8 { wanted in
        var start = 0
        while start < bytes.count {
          var end = start
          while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
          if let value = Self.value(of: wanted, in: bytes[start..<end]), !visit(value) { return }
          start = end + 1
        }
      }
    }
  }

  private static func value(of wanted: UnsafeBufferPointer<UInt8>, in line: Slice<UnsafeRawBufferPointer>)
    -> Slice<UnsafeRawBufferPointer>?
  {
    guard line.count > wanted.count, line[line.startIndex + wanted.count] == UInt8(ascii: ":") else { return nil }
    for (index, byte) in wanted.enumerated() {
      guard lowercased(line[line.startIndex + index]) == lowercased(byte) else { return nil }
    }
    var value = line.dropFirst(wanted.count + 1)
    while let first = value.first, isBlank(first) { value = value.dropFirst() }
    while let last = value.last, isBlank(last) { value = value.dropLast() }
    return value
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
