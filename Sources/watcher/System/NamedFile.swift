import Glibc
import Host
import ImageModel

/// Files that the user has named. Unlike those that a configuration names, one may be a pipe that somebody fills, and
/// is waited for.
enum NamedFile {
  static let standardInput = "-"

  static func read(_ path: String, limit: Int) throws(CommandError) -> [UInt8] {
    let file = path == standardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      let code = errno
      throw refusal(path, code, .system())
    }
    defer { close(file) }
    do throws(BoundedFile.Failure) {
      return try BoundedFile.read(file, limit: limit)
    } catch {
      // It could be opened: what is wrong is the file.
      throw refusal(path, nil, error)
    }
  }

  /// - Parameter code: why it cannot be opened.
  private static func refusal(_ path: String, _ code: Int32?, _ failure: BoundedFile.Failure) -> CommandError {
    let name = path == standardInput ? "standard input" : path.shown
    let (status, remedy): (CommandStatus, String) =
      switch code {
      case EACCES, EPERM: (.permission, FileAccess.remedy(path, isWriting: false))
      case .some where failure.isMissing: (.notFound, "name a file that is there")
      default: (.usage, "name another file")
      }
    return CommandError(status, "cannot read \(name) (\(failure.reason)): \(remedy)")
  }
}
