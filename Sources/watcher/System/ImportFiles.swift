import Glibc
import Host
import ImageModel
import Imports

/// Reads the files that images are looked for in.
enum ImportFiles {
  /// One that the user has named; `-` is standard input, and any other may be a pipe as well, which is waited for.
  static func read(_ path: String, limit: Int) throws(CommandError) -> ImportFile {
    let isInput = path == "-"
    let name = isInput ? "standard input" : path
    let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw CommandError(
        [ENOENT, ENOTDIR].contains(code) ? .notFound : .permission,
        "cannot read \(name.safe()) (\(SystemError(code: code))): "
          + (code == EACCES ? FileAccess.remedy(path, isWriting: false) : "name a file that is there"))
    }
    defer { if !isInput { close(descriptor) } }
    var info = stat()
    if fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
      throw CommandError(.usage, "a directory is no file to import from (\(name.safe())): name one that is in it")
    }
    do {
      let bytes = try BoundedFile.read(descriptor, limit: limit)
      return ImportFile(name: name, bytes: bytes, hasNeighbours: !isInput)
    } catch {
      throw CommandError(
        error.isTooLong ? .usage : .permission, "cannot read \(name.safe()) (\(error.reason)): name another file")
    }
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
