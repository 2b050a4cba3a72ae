package import Containers
import Host
import ImageModel
import Transport

/// Why an engine tells nothing.
package struct EngineFailure: Error, Hashable, Sendable {
  /// Without its socket.
  package let message: String
}

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
  ) async throws(EngineFailure) -> [RunningContainer] {
    let http = HTTPClient(userAgent: ProductInfo.userAgent, maxConnectionsPerHost: 1, maxIdleConnections: 1)
    defer { http.shutdown() }
    let engine = ContainerEngine(
      http: http, socket: socket, stallSeconds: stallSeconds,
      deadline: MonotonicClock.nanoseconds() + Int64(seconds) * 1_000_000_000)
    return try await engine.containers(all: all, progress)
  }

  private func containers(
    all: Bool, _ progress: (Int, Int) -> Void
  ) async throws(EngineFailure) -> [RunningContainer] {
    let version = try await body("/version", limit: Limits.tokenReplyBytes)
    try read { () throws(EngineAnswers.Failure) in try EngineAnswers.checkVersion(version) }
    let list = try await body("/containers/json\(all ? "?all=1" : "")", limit: Limits.containerFileBytes)
    let listed = try read { () throws(EngineAnswers.Failure) in try EngineAnswers.containers(list) }
    let total = Set(listed.compactMap(\.imageID)).count
    var images: [Digest: Part<EngineImage>] = [:]
    var containers: [RunningContainer] = []
    for container in listed {
      var image: Part<EngineImage>?
      if let id = container.imageID {
        if images[id] == nil { images[id] = try await part("/images/\(id)/json", EngineAnswers.image) }
        image = images[id]
        progress(images.count, total)
      }
      let started =
        container.image == nil ? try await part("/containers/\(container.id)/json", EngineAnswers.startedWith) : nil
      containers.append(
        container.container(
          image?.value, startedWith: started?.value, gap: image == nil ? "the engine names no image" : image?.gap))
    }
    return containers
  }

  // MARK: Asking

  /// One of many answers: without it the others are of use.
  private struct Part<Value> {
    var value: Value?
    var gap: String?
  }

  private func part<Value>(
    _ path: String, _ read: ([UInt8]) throws(EngineAnswers.Failure) -> Value
  ) async throws(EngineFailure) -> Part<Value> {
    let response = try await get(path, limit: Limits.manifestBytes)
    guard response.status == 200 else {
      return Part(gap: "the engine answered \(response.status) to GET \(path.split(separator: "/").first ?? "")")
    }
    do throws(EngineAnswers.Failure) {
      return Part(value: try read(response.body))
    } catch {
      return Part(gap: "the engine is not understood: \(error.message)")
    }
  }

  private func body(_ path: String, limit: Int) async throws(EngineFailure) -> [UInt8] {
    let response = try await get(path, limit: limit)
    guard response.status == 200 else {
      throw EngineFailure(message: "it answered \(response.status) to GET \(path)")
    }
    return response.body
  }

  private func read<Value>(_ read: () throws(EngineAnswers.Failure) -> Value) throws(EngineFailure) -> Value {
    do throws(EngineAnswers.Failure) {
      return try read()
    } catch {
      throw EngineFailure(message: error.message)
    }
  }

  private func get(_ path: String, limit: Int) async throws(EngineFailure) -> HTTPResponse {
    let left = Int((deadline - MonotonicClock.nanoseconds()) / 1_000_000_000)
    guard left > 0 else {
      throw EngineFailure(message: "it took too long to tell")
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
      throw EngineFailure(message: error.what + (error.reason.map { " (\($0))" } ?? ""))
    }
  }
}
