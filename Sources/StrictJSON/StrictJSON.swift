/// What a document may cost. Every document from outside is read under limits.
package struct JSONLimits: Sendable, Hashable {
  /// How deep arrays and objects may lie in one another. At most `deepest` counts.
  package var depth: Int = 64
  /// Length of the document.
  package var bytes: Int
  /// All values of the document together, arrays, objects and the document itself included.
  package var values: Int

  /// The reader recurses once per level, and this many levels fit the smallest stack it may run on.
  package static let deepest = 256

  package init(depth: Int = 64, bytes: Int, values: Int) {
    self.depth = depth
    self.bytes = bytes
    self.values = values
  }
}

/// A reader of RFC 8259 that accepts nothing else.
///
/// Readers disagree about documents that bend the rules: of two equal keys one reader keeps the first and
/// another the last, so the same bytes name two images. Such documents are refused here.
package enum StrictJSON {
  /// Reads one document.
  ///
  /// Beyond the grammar this refuses repeated keys in one object, compared after unescaping, byte for byte;
  /// a byte order mark; text that is not UTF-8, in escapes too; and what exceeds `limits`. Time and memory
  /// grow in proportion to the length of the document.
  package static func parse(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> JSONValue {
    try checkLength(bytes, limits)
    var reader = JSONReader(bytes, limits: limits)
    return try reader.document()
  }

  /// Reads one document that a person wrote and wants all mistakes of in one go: repeated keys do not end the
  /// reading, they are returned beside the value, which has the first member of each key. Whoever uses this
  /// refuses the document if there are any.
  package static func parseCollectingRepeatedKeys(
    _ bytes: [UInt8], limits: JSONLimits
  ) throws(JSONError) -> (value: JSONValue, repeatedKeys: [JSONError]) {
    try checkLength(bytes, limits)
    var reader = JSONReader(bytes, limits: limits, collectsRepeatedKeys: true)
    let value = try reader.document()
    return (value, reader.repeatedKeys ?? [])
  }

  /// Reads one document for a few members of its object, in far less time and memory than all of it would take.
  ///
  /// Those members are read as by `parseCollectingRepeatedKeys`, and so are the keys of the object. Every other value
  /// must be what the grammar and `limits` allow, and comes back with its kind and its range alone: without its text,
  /// without elements or members. Keys that are repeated within those are not noticed.
  package static func parseOutline(
    _ bytes: [UInt8], keeping keys: [String], limits: JSONLimits
  ) throws(JSONError) -> (value: JSONValue, repeatedKeys: [JSONError]) {
    try checkLength(bytes, limits)
    var reader = JSONReader(bytes, limits: limits, collectsRepeatedKeys: true, keeping: keys)
    let value = try reader.document()
    return (value, reader.repeatedKeys ?? [])
  }

  /// Reads one document for members of these names, wherever they stand; of others nothing is kept, not even that they
  /// are there.
  ///
  /// Those must be what the grammar and `limits` allow. Keys that are repeated among or within them are not noticed.
  package static func parse(
    _ bytes: [UInt8], knowing keys: [String], limits: JSONLimits
  ) throws(JSONError) -> JSONValue {
    try checkLength(bytes, limits)
    var reader = JSONReader(bytes, limits: limits, knowing: keys)
    return try reader.document()
  }

  private static func checkLength(_ bytes: [UInt8], _ limits: JSONLimits) throws(JSONError) {
    guard bytes.count <= limits.bytes else {
      throw JSONError(.tooLarge, at: limits.bytes, "the document is longer than \(limits.bytes) bytes")
    }
  }
}
