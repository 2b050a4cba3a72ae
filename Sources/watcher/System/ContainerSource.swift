import Containers
import ImageModel
import Service

/// Where containers are told of.
enum ContainerSource {
  /// Those that a file tells of; `-` is standard input.
  static func read(_ path: String) throws(CommandError) -> [RunningContainer] {
    let bytes = try NamedFile.read(path, limit: Limits.containerFileBytes)
    do throws(ContainerFailure) {
      return try ContainerFile.containers(in: bytes)
    } catch {
      throw CommandError(
        .usage,
        "the file is not understood (\(path.shown)): \(error.message): \(ContainerFile.remedy)")
    }
  }

  /// Those of an engine.
  static func ask(_ socket: String, all: Bool) async throws(CommandError) -> [RunningContainer] {
    let progress = ProgressLine()
    defer { progress.clear() }
    do throws(ContainerFailure) {
      return try await ContainerEngine.containers(socket: socket, all: all) { done, total in
        progress.show("asked for \(done) of \(total) images")
      }
    } catch {
      let remedy = error.remedy ?? "check that it is up and well"
      throw CommandError(
        .unavailable, "the container engine does not tell (\(socket.shown)): \(error.message.shown): \(remedy)")
    }
  }
}
