import ImageModel
import Testing

@testable import watcher

/// Where the engine is looked for.
@Suite struct EngineSocketTests {
  private func find(
    _ option: String? = nil, _ environment: [String: String] = [:], _ there: [String: EngineSocket.Presence] = [:]
  ) -> Result<String, CommandError> {
    do throws(CommandError) {
      return .success(
        try EngineSocket(option: option, environment: environment).path { there[$0] ?? .missing })
    } catch {
      return .failure(error)
    }
  }

  private let docker = "/var/run/docker.sock"
  private let own = "/run/user/1000/podman/podman.sock"
  private let podman = "/run/podman/podman.sock"

  @Test func theFirstThatThereIs() {
    let all = [docker: EngineSocket.Presence.socket, own: .socket, podman: .socket, "/a": .socket]
    let runtime = ["XDG_RUNTIME_DIR": "/run/user/1000"]
    #expect(find("/a", ["DOCKER_HOST": "unix:///b"], all) == .success("/a"))
    #expect(find("unix:///a", [:], all) == .success("/a"))
    #expect(find(nil, ["DOCKER_HOST": "unix:///a"], all) == .success("/a"))
    #expect(find(nil, ["DOCKER_HOST": "tcp://127.0.0.1:2375"], all) == .success(docker))
    #expect(find(nil, runtime, all) == .success(docker))
    #expect(find(nil, runtime, [own: .socket, podman: .socket]) == .success(own))
    #expect(find(nil, ["XDG_RUNTIME_DIR": "run"], [own: .socket, podman: .socket]) == .success(podman))
    // A directory that cannot be looked into hides nothing from whoever has another.
    #expect(find(nil, [:], [docker: .hidden, podman: .socket]) == .success(podman))
  }

  @Test func whatCannotBeUsedSaysWhatToDo() throws {
    for (result, status, words) in [
      (find(nil, ["XDG_RUNTIME_DIR": "/run/user/1000"]), CommandStatus.unavailable, "(\(docker), \(own), \(podman)): "),
      (find("/a"), .unavailable, "there is no container engine (/a): "),
      (find(nil, ["DOCKER_HOST": "unix:///a"], [docker: .socket]), .unavailable, "(/a)"),
      (find("/a", [:], ["/a": .other]), .unavailable, "not a socket (/a)"),
      (find("/a", [:], ["/a": .closed]), .permission, "no permission to ask the container engine"),
      (find(nil, [:], [docker: .closed, podman: .socket]), .permission, "no permission"),
      (find(nil, [:], [podman: .hidden]), .permission, "no permission"),
      (find("tcp://127.0.0.1:2375"), .usage, "give a path or unix://PATH"),
    ] {
      guard case .failure(let error) = result else { Issue.record("\(result)"); continue }
      #expect(error.status == status && error.message.contains(words), "\(error)")
    }
  }
}
