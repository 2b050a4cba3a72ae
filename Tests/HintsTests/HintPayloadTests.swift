import Foundation
import Hints
import ImageModel
import TestSupport
import Testing

/// Payloads as services send them, each with what it names or why it is refused.
@Suite struct HintPayloadTests {
  struct Kept: CustomTestStringConvertible, Sendable {
    /// Its source, and its file in `payloads`.
    let file: String
    var registry: String?
    var images: [String] = []
    var refusal: HintRefusal?

    init(_ file: String, registry: String? = nil, _ images: String...) {
      (self.file, self.registry, self.images) = (file, registry, images)
    }

    init(_ file: String, refused refusal: HintRefusal) { (self.file, self.refusal) = (file, refusal) }

    var testDescription: String { registry.map { "\(file)?registry=\($0)" } ?? file }
    var source: HintSource? { HintSource(rawValue: String(file.prefix { $0 != "/" })) }
  }

  private static let hub = "us-east1-docker.pkg.dev/my-project/my-repo/hello-world"
  private static let shop = "example.jfrog.example"

  static let kept: [Kept] = [
    Kept("distribution/push", "registry.example:5000/team/app:stable"),
    Kept("distribution/push", registry: "images.example", "images.example/team/app:stable"),
    Kept("distribution/layers-and-tag", "registry.example:5000/team/app:stable"),
    Kept("distribution/pull"), Kept("distribution/nothing"),
    Kept("distribution/delete-tag", "registry.example:5000/team/app:old"),
    Kept("distribution/delete-digest", "registry.example:5000/team/app"),
    Kept("distribution/inside", refused: .registry("registry")),
    Kept("distribution/inside", registry: "r.example", "r.example/team/app:other", "r.example/team/app:stable"),
    Kept("distribution/no-events", refused: .member("events")),
    Kept("distribution/wrong-type", refused: .member("action")),
    Kept("distribution/tag-is-a-list", refused: .member("target.tag")),
    Kept("distribution/no-host", refused: .registry(nil)),
    Kept("distribution/no-repository", refused: .member("target.repository")),
    Kept("gitlab/push", "registry.gitlab.example/group/project/app:stable"),
    Kept("acr/push", "myregistry.azurecr.io/hello-world:v1"),
    Kept("acr/delete", "myregistry.azurecr.io/hello-world"), Kept("acr/ping"), Kept("acr/chart"),
    Kept("acr/event-grid", "demo.azurecr.io/aci-helloworld:v1"), Kept("acr/validation"),
    Kept("docker-hub/push", "docker.io/svendowideit/testhook:latest"),
    Kept("docker-hub/no-tag", refused: .member("push_data.tag")),
    Kept("docker-hub/wrong-type", refused: .member("repository.repo_name")),
    Kept("github/registry-package", "ghcr.io/octo-org/app:stable"),
    Kept("github/package", "ghcr.io/octo-org/app:stable"), Kept("github/untagged"),
    Kept("github/no-url", "ghcr.io/octo-org/web/api:edge"), Kept("github/npm"), Kept("github/ping"),
    Kept("github/issues", refused: .member("registry_package")),
    Kept("quay/push", "quay.io/mynamespace/repository:latest", "quay.io/mynamespace/repository:v2"),
    Kept(
      "quay/push", registry: "q.example", "q.example/mynamespace/repository:latest",
      "q.example/mynamespace/repository:v2"),
    Kept("quay/old", "quay.io/mynamespace/repository:latest"),
    Kept("quay/no-tags", refused: .member("updated_tags")),
    Kept("quay/tags-of-numbers", refused: .member("updated_tags")),
    Kept("harbor/push", "hub.harbor.example/test-webhook/debian:latest"),
    Kept("harbor/cloudevents", "hub.harbor.example/test-webhook/debian:latest"), Kept("harbor/push-digest"),
    Kept("harbor/delete-digest", "hub.harbor.example/test-webhook/debian"), Kept("harbor/pull"), Kept("harbor/scan"),
    Kept("harbor/no-data", refused: .member("event_data")),
    Kept("ecr/push", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/my-repository-name:latest"),
    Kept("ecr/china", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/my-repository-name:latest"),
    Kept("ecr/untagged"), Kept("ecr/failed"), Kept("ecr/scan"),
    Kept("ecr/delete", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/my-repository-name"),
    Kept("ecr/account-is-a-number", refused: .member("account")),
    Kept("ecr/sns", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/my-repository-name:latest"),
    Kept("ecr/sns-confirmation"), Kept("ecr/sns-end"), Kept("ecr/sns-no-message", refused: .member("Message")),
    Kept("gar/push", hub + ":1.1"), Kept("gar/unwrapped", hub + ":1.1"), Kept("gar/untagged"), Kept("gar/delete", hub),
    Kept("gar/delete-tag", hub + ":1.1"), Kept("gar/not-base64", refused: .member("message.data")),
    Kept("artifactory/pushed", "\(shop)/docker-local/team/app:1.0", "docker-local.\(shop)/team/app:1.0"),
    Kept(
      "artifactory/pushed", registry: "images.example", "images.example/docker-local/team/app:1.0",
      "images.example/team/app:1.0"),
    Kept("artifactory/tag-removed", "\(shop)/docker-local/team/app:1.0", "docker-local.\(shop)/team/app:1.0"),
    Kept("artifactory/moved"), Kept("artifactory/no-tag", refused: .member("data.tag")), Kept("artifactory/artifact"),
    Kept("artifactory/no-origin", refused: .registry(nil)), Kept("generic/image", "ghcr.io/example/app:stable"),
    Kept("generic/short", "docker.io/library/amazonlinux:latest"),
    Kept("generic/hub-alias", "docker.io/library/amazonlinux:2023"),
    Kept("generic/no-image", refused: .member("image")), Kept("generic/number", refused: .member("image")),
  ]

  @Test(arguments: kept) func namesWhatItNames(_ one: Kept) throws {
    let source = try #require(one.source)
    let body = try Self.body(one.file)
    let result = Result { () throws(HintRefusal) in
      try source.images(in: HintSource.document(body), registry: one.registry)
    }
    if let refusal = one.refusal {
      #expect(throws: refusal) { try result.get() }
    } else {
      let images = try result.get()
      #expect(images.map { "\($0.repository)" + ($0.tag.map { ":\($0)" } ?? "") }.sorted() == one.images.sorted())
    }
  }

  @Test(arguments: HintSource.allCases) func everySourceHasPayloads(_ source: HintSource) {
    #expect(Self.kept.contains { $0.source == source && !$0.images.isEmpty }, "\(source)")
    #expect(
      source == .gitlab || source == .acr || Self.kept.contains { $0.source == source && $0.refusal != nil },
      "\(source)")
  }

  /// What could not be an image's name is refused, in words that harm no log.
  @Test(arguments: [
    "distribution/hostile-upper-case", "distribution/hostile-escape", "distribution/hostile-right-to-left",
    "distribution/hostile-parent", "distribution/hostile-tag-with-space", "distribution/hostile-tag-with-digest",
    "distribution/hostile-name-with-tag", "distribution/hostile-newline", "distribution/hostile-long-tag",
    "generic/digest", "generic/password",
  ])
  func hostileNamesAreRefused(_ file: String) throws {
    let source = try #require(Kept(file).source)
    let body = try Self.body(file)
    do throws(HintRefusal) {
      let images = try source.images(in: HintSource.document(body))
      Issue.record("\(images)")
    } catch {
      if case .name = error {} else { Issue.record("\(error)") }
      #expect(error.reason == error.reason.safe() && error.reason.count < 300, "\(error.reason)")
    }
  }

  @Test(arguments: [
    "distribution/repeated-key", "distribution/deep", "distribution/not-json", "gar/not-json-within",
    "ecr/sns-text",
  ])
  func whatIsNoJSONIsRefused(_ file: String) throws {
    let source = try #require(Kept(file).source)
    let body = try Self.body(file)
    do throws(HintRefusal) {
      _ = try source.images(in: HintSource.document(body))
      Issue.record("it is taken")
    } catch {
      if case .json = error {} else { Issue.record("\(error)") }
    }
  }

  @Test func twoMebibytesAreRefused() {
    let body = Array(#"{"image": "app", "x": ""#.utf8) + [UInt8](repeating: 0x61, count: 2 << 20) + Array(#""}"#.utf8)
    #expect(throws: HintRefusal.self) { try HintSource.generic.images(in: HintSource.document(body)) }
  }

  /// Whoever sends many has the first of them looked at.
  @Test func imagesBeyondTheLimitAreLeft() throws {
    let events = (0..<2_000).map {
      #"{"action":"push","target":{"repository":"a","tag":"t\#($0)"},"request":{"host":"r.example"}}"#
    }
    let images = try HintSource.distribution.images(
      in: HintSource.document(Array(#"{"events":[\#(events.joined(separator: ","))]}"#.utf8)))
    #expect(images.count == Limits.hintImages)
  }

  @Test(
    arguments: [
      ("/hints/quay", "", HintSource.quay, nil, nil), ("/hints/quay/", "", .quay, nil, nil),
      ("/hints/docker-hub/a%2Fb+c", "registry=127.0.0.1%3A5000", .dockerHub, "a/b+c", "127.0.0.1:5000"),
      ("/hints/generic/a/b", "x=1&registry=r.example&registry=other", .generic, "a/b", "r.example"),
      ("/hints/generic/100%", "registry=", .generic, "100%", nil),
    ] as [(String, String, HintSource, String?, String?)])
  func addresses(path: String, query: String, source: HintSource, secret: String?, registry: String?) throws {
    let address = try #require(HintAddress(path: path, query: query))
    #expect(address.source == source && address.secret == secret && address.registry == registry)
  }

  @Test(arguments: ["/hints/", "/hints/none", "/hints", "/metrics", "/hints//quay", "/hints/QUAY"])
  func whatIsNoSourceHasNoAddress(_ path: String) { #expect(HintAddress(path: path, query: "") == nil) }

  private static func body(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: ProjectFile.path("Tests/HintsTests/payloads/\(file).json"))))
  }
}
