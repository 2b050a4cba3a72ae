import ArgumentParser
import Containers
import FoundationEssentials

/// Where it is told which containers run.
struct ContainerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The engine's socket (default: $DOCKER_HOST if unix://, then Docker's, then Podman's).", valueName: "socket"),
    completion: .file())
  var engine: String?
  @Option(
    help: ArgumentHelp(
      "What docker inspect, podman inspect or kubectl get pods -o json printed, or lines of JSON; - is standard input.",
      valueName: "file"), completion: .file())
  var from: String?

  func validate() throws {
    if engine != nil, from != nil { throw ValidationError("--engine and --from exclude each other") }
  }

  /// What an engine tells, and its socket.
  ///
  /// - Parameter all: those as well that do not run.
  func ask(all: Bool) async throws(CommandError) -> (place: String, [RunningContainer]) {
    let socket = try EngineSocket(option: engine, environment: ProcessInfo.processInfo.environment).path()
    return (socket, try await ContainerSource.ask(socket, all: all))
  }
}
