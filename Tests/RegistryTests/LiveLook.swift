import Foundation
import ImageModel
import Synchronization
import Transport

@testable import Registry

/// A look at a public tag, and at what no specification says for certain of the registry that has it.
struct LiveLook: Sendable {
  let client: RegistryClient
  let tag: TagReference

  /// What was seen, a line for each question.
  func run() async throws -> [String] {
    var lines: [String] = []
    let session = try client.session(domain: tag.domain, path: tag.path)
    let template = session.host.manifestRequest

    var request = session.manifestRequest(tag.tag, of: template)
    request.method = .head
    let head = try await session.send(request).response
    guard head.status == 200 else { throw CheckFailure(.badResponse, "HEAD of \(tag) is answered \(head.status)") }
    lines.append("HEAD: \(Self.told(head, "docker-content-digest", "etag", "content-type", "content-length"))")
    lines.append(
      "limits: \(Self.told(head, "ratelimit-limit", "ratelimit-remaining", "docker-ratelimit-source", "retry-after"))")
    let now = session.clock.now()
    let grant = session.host.state.withLock { $0.grant(for: tag.path, at: now) }
    lines.append("token: \(grant.map { "used for \(($0.expires - $0.obtained) / 1_000) s" } ?? "none")")

    // The one request of its kind: the watcher asks for nothing under a condition.
    request.method = .get
    let digest = head.headers.first("docker-content-digest")
    if let condition = head.headers.first("etag") ?? digest.map({ "\"\($0)\"" }) {
      request.headers.append((name: "If-None-Match", value: condition))
    }
    let get = try await session.send(request).response
    lines.append("GET with If-None-Match: \(get.status), \(Self.told(get, "docker-content-digest", "etag"))")

    for (what, path, name) in [
      ("a tag", tag.path, "watcher-no-such-tag"), ("a repository", tag.path + "-watcher-no-such", "latest"),
    ] {
      lines.append("\(what) that is not there: \(await missing(path, name))")
    }

    let amd64 = PlatformSelection.only([Platform(os: "linux", architecture: "amd64")])
    let observation = try await client.observe(tag, known: KnownTag(), selection: amd64, stored: { _ in nil })
    guard case .found(let snapshot, _, _) = observation, let imageID = snapshot.images.first?.imageID else {
      throw CheckFailure(.badResponse, "\(tag) has no image for linux/amd64: \(observation)")
    }
    lines.append("linux/amd64: \(imageID)")
    return lines
  }

  private func missing(_ path: String, _ name: String) async -> String {
    do {
      let session = try client.session(domain: tag.domain, path: path)
      let reply = try await session.getManifest(name)
      guard reply.response.status != 200 else { return "it is there" }
      let failure = session.failure(reply)
      return "\(failure.code.rawValue), \(failure.what)"
    } catch {
      return "\(error.code.rawValue), \(error.what)"
    }
  }

  private static func told(_ response: HTTPResponse, _ names: String...) -> String {
    names.map { name in "\(name) \(response.headers.first(name)?.safe(limit: 200) ?? "-")" }.joined(separator: ", ")
  }

  /// - Throws: after so many seconds that nothing has come of it.
  func run(within seconds: Double) async throws -> [String] {
    try await withThrowingTaskGroup(of: [String].self) { group in
      group.addTask { try await run() }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw CheckFailure(.network, "\(tag) was not looked at to the end within \(seconds) s")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? []
    }
  }
}
