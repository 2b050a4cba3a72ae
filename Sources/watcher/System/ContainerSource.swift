import Containers
import Glibc
import Host
import ImageModel

/// Where containers are told of, beside an engine.
enum ContainerSource {
  static let standardInput = "-"

  /// Those that a file tells of; `-` is standard input.
  static func read(_ path: String) throws(CommandError) -> [RunningContainer] {
    let bytes: [UInt8]
    do throws(BoundedFile.Failure) {
      bytes = try contents(path)
    } catch {
      let status: CommandStatus = error.isMissing ? .notFound : .permission
      let remedy = error.isMissing ? "name a file, or - for standard input" : "check what it is, and who may read it"
      throw CommandError(status, "cannot read the file (\(path.shown)): \(error.reason): \(remedy)")
    }
    do throws(ContainerFile.Failure) {
      return try ContainerFile.containers(in: bytes)
    } catch {
      throw CommandError(
        .usage,
        "the file is not understood (\(path.shown)): \(error.message): give what docker inspect, podman inspect or "
          + "kubectl get pods -o json prints, or a line of JSON for each container")
    }
  }

  /// Unlike files that a configuration names, this one may be a pipe that somebody fills, and is waited for.
  private static func contents(_ path: String) throws(BoundedFile.Failure) -> [UInt8] {
    let file = path == standardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .system() }
    defer { close(file) }
    return try BoundedFile.read(file, limit: Limits.containerFileBytes)
  }
}
