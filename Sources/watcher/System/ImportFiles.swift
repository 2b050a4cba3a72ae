import Host
import ImageModel
import Imports

/// Reads the files that images are looked for in.
enum ImportFiles {
  /// One that the user has named; `-` is standard input.
  static func read(_ path: String, limit: Int) throws(CommandError) -> ImportFile {
    let isInput = path == NamedFile.standardInput
    let bytes = try NamedFile.read(path, limit: limit)
    return ImportFile(name: isInput ? "standard input" : path, bytes: bytes, hasNeighbours: !isInput)
  }

  /// One that such a file names. No pipe is waited for: nobody has meant one.
  static func neighbour(_ path: String) -> NeighbourFile {
    do {
      return .bytes(try BoundedFile.read(path, limit: Limits.importBytes))
    } catch {
      return error.isMissing ? .absent : .unreadable(error.reason)
    }
  }
}
