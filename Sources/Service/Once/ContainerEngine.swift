package import Containers
import Host
import ImageModel
import Transport

/// A container engine behind a Unix socket: Docker's, or Podman's that answers as Docker's. It is asked and never told:
/// `GET` of `/version`, of the list of containers, of their images, and of those containers whose image the list does
/// not name. As little as a registry is it trusted with time or memory.
package struct ContainerEngine {
  private let http: HTTPClient
  private let socket: String
  private let stallSeconds: Int
  private let deadline: Int64

  /// - Parameters:
  ///   - all: those as well that do not run.
  ///   - progress: is told how many images are known, and of how many.
  package static func containers(
    socket: String, all: Bool, stallSeconds: Int = Limits.stallSeconds, seconds: Int = Limits.engineSeconds,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(ContainerFailure) -> [RunningContainer] {
    let http = HTTPClient(userAgent: ProductInfo.userAgent, maxConnectionsPerHost: 1, maxIdleConnections: 1)
    defer { http.shutdown() }
    let engine = ContainerEngine(
      http: http, socket: socket, stallSeconds: stallSeconds,
      deadline: MonotonicClock.nanoseconds() + Int64(seconds) * 1_000_000_000)
    return try await engine.containers(all: all, progress)
  }

  private func containers(
    all: Bool, _ progress: (Int, Int) -> Void
  ) async throws(ContainerFailure) -> [RunningContainer] {
    try await ask("/version", limit: Limits.tokenReplyBytes, EngineAnswers.checkVersion).get()
    let listed = try await ask(
      "/containers/json\(all ? "?all=1" : "")", limit: Limits.containerFileBytes, EngineAnswers.containers
    ).get()
    let total = Set(listed.compactMap(\.imageID)).count
    // One of them that is not to be had leaves the others of use.
    var images: [Digest: Result<EngineImage, ContainerFailure>] = [:]
    var containers: [RunningContainer] = []
    for container in listed {
      var (image, gap) = (EngineImage?.none, String?.some("the engine names no image"))
      if let id = container.imageID {
        if images[id] == nil { images[id] = try await ask("/images/\(id)/json", EngineAnswers.image) }
        switch images[id] {
        case .success(let told): (image, gap) = (told, nil)
        case .failure(let failure): gap = "the engine does not tell of its image: \(failure.message)"
        case nil: break
        }
        progress(images.count, total)
      }
      let started =
        container.image == nil ? try await ask("/containers/\(container.id)/json", EngineAnswers.startedWith) : nil
      containers.append(container.container(image, startedWith: try? started?.get(), gap: gap))
    }
    return containers
  }

  // MARK: Asking

  /// - Returns: what is read of the answer, or why it is of no use.
  /// - Throws: where nothing more is to be had of the engine.
  private func ask<Value>(
    _ path: String, limit: Int = Limits.manifestBytes, _ read: ([UInt8]) throws(ContainerFailure) -> Value
  ) async throws(ContainerFailure) -> Result<Value, ContainerFailure> {
    let response = try await get(path, limit: limit)
    guard response.status == 200 else {
      return .failure(ContainerFailure("it answered \(response.status) to GET /\(path.split(separator: "/")[0])"))
    }
    return Result { () throws(ContainerFailure) in try read(response.body) }
  }

  private func get(_ path: String, limit: Int) async throws(ContainerFailure) -> HTTPResponse {
    let left = Int((deadline - MonotonicClock.nanoseconds()) / 1_000_000_000)
    guard left > 0 else {
      throw ContainerFailure("it took too long to tell")
    }
    var request = HTTPRequest(
      url: "http://localhost\(path)", headers: [("Accept", "application/json")], bodyLimit: limit, redirects: 0,
      allowPlainHTTP: true)
    request.unixSocket = socket
    request.connectSeconds = Limits.connectSeconds
    request.totalSeconds = min(Limits.requestSeconds, left)
    request.stallSeconds = stallSeconds
    do throws(TransportError) {
      return try await http.send(request)
    } catch {
      throw ContainerFailure(error.what + (error.reason.map { " (\($0))" } ?? ""))
    }
  }
}
