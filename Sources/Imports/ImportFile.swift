/// A file, as somebody else has read it.
package struct ImportFile: Sendable {
  /// As it is named, for people.
  package let name: String
  package let bytes: [UInt8]
  /// Whether other files can lie beside it: not where it came from a pipe.
  package let hasNeighbours: Bool

  package init(name: String, bytes: [UInt8], hasNeighbours: Bool = true) {
    (self.name, self.bytes, self.hasNeighbours) = (name, bytes, hasNeighbours)
  }
}

/// A path in a file, which starts where the file is.
func located(_ path: String, from file: String) -> String {
  guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
  return file[...slash] + path
}

/// What there is where a file names another one.
package enum NeighbourFile: Sendable {
  case bytes([UInt8])
  case absent
  /// Why: `Permission denied`.
  case unreadable(String)
}

/// Where something stands.
struct Place: Hashable, Sendable {
  let file: String
  /// From 1.
  var line: Int?
}

/// Why a file was not understood. Its texts are safe to show.
package struct ImportError: Error, Hashable, Sendable {
  package let what: String
  package let file: String
  /// From 1; `nil` where it is about the whole file.
  package let line: Int?
  package let remedy: String

  init(_ what: String, _ file: String, line: Int? = nil, _ remedy: String) {
    (self.what, self.file, self.line, self.remedy) = (what, file, line, remedy)
  }
}
