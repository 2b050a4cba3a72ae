import Foundation
import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// Public registries as they are, without a log-in. They are asked on demand only, and a person reads what they said.
@Suite struct LiveTests {
  private static let isWanted = ProcessInfo.processInfo.environment["WATCHER_LIVE_TESTS"] == "1"
  private static let seconds = 60.0

  @Test(
    .enabled(if: isWanted, "public registries are asked with WATCHER_LIVE_TESTS=1"), .serialized,
    arguments: [
      "docker.io/library/busybox:latest", "ghcr.io/aquasecurity/trivy:latest", "quay.io/prometheus/busybox:latest",
      "public.ecr.aws/amazonlinux/amazonlinux:2023", "registry.k8s.io/pause:3.9",
      "mcr.microsoft.com/dotnet/runtime:8.0", "gcr.io/distroless/static:latest",
    ])
  func aPublicTagIsThere(_ name: String) async throws {
    let client = RegistryClient(
      http: HTTPClient(undoesCodings: true), userAgent: "watcher-live-test/1",
      access: { _ in RegistryAccess(requestsPerSecond: 2) })
    let reference = try ImageReference(name)
    let tag = TagReference(domain: reference.domain, path: reference.path, tag: reference.tag ?? "latest")
    do {
      let lines = try await LiveLook(client: client, tag: tag).run(within: Self.seconds)
      print(([name] + lines).joined(separator: "\n  "))
    } catch let failure as CheckFailure {
      Issue.record("\(name): \(failure.code.rawValue): \(failure.message)")
    }
  }

  // MARK: The look itself

  private func look(at harness: Harness) -> LiveLook {
    LiveLook(client: harness.client, tag: harness.registry.tag("app"))
  }

  @Test func aLookTellsWhatItSaw() async throws {
    let harness = try Harness(door: .anonymousToken)
    let image = FakeRegistryImage("one", platforms: ["linux/amd64"])
    let digest = harness.registry.put(image, in: "app", tag: "latest")
    harness.registry.setHeaders { _ in [("ETag", "\"\(digest)\""), ("RateLimit-Limit", "100;w=21600")] }
    harness.registry.setFault { $0.header("If-None-Match") == "\"\(digest)\"" ? ScriptedResponse(304) : nil }
    let name = harness.registry.authority
    let length = image.index.bytes.count
    #expect(
      try await look(at: harness).run(within: 30) == [
        "HEAD: docker-content-digest \(digest), etag \"\(digest)\", content-type \(image.index.mediaType), "
          + "content-length \(length)",
        "limits: ratelimit-limit 100;w=21600, ratelimit-remaining -, docker-ratelimit-source -, retry-after -",
        "token: used for 270 s", "GET with If-None-Match: 304, docker-content-digest -, etag -",
        "a tag that is not there: tag_missing, \(name) answered 404 MANIFEST_UNKNOWN (manifest unknown)",
        "a repository that is not there: repository_missing, \(name) answered 404 NAME_UNKNOWN "
          + "(repository name not known to registry)",
        "linux/amd64: \(image.imageID("linux/amd64"))",
      ])
  }

  @Test func aRegistryThatHangsEndsTheLookInTime() async throws {
    let harness = try Harness()
    harness.registry.setFault { _ in ScriptedResponse(200, behaviour: .hang) }
    let failure = await #expect(throws: CheckFailure.self) { try await look(at: harness).run(within: 0.5) }
    #expect(failure?.what == "\(harness.registry.tag("app")) was not looked at to the end within 0.5 s")
  }
}
