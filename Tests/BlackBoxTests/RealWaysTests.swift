import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// The same few rules at Debian's registry, whichever way it lets somebody in.
@Suite(.enabled(if: DockerRegistry.program != nil, "docker-registry is not installed")) struct RealWaysTests {
  private static let first = FakeRegistryImage("first")
  private static let second = FakeRegistryImage("second")

  @Test(arguments: Way.allCases) func aTagThatStandsStillCostsOneHead(_ way: Way) throws {
    let place = try Place(way, pushed: Self.first)
    #expect(try place.check() == ["team/app:stable": "first_seen"])
    // HEAD, the index, two manifests and their configs.
    #expect(eventually { place.letIn.count == 6 })
    let letIn = place.letIn
    let head = "200 HEAD /v2/team/app/manifests/stable"
    #expect(letIn.first == head, "\(letIn)")
    #expect(try place.check() == ["team/app:stable": "unchanged"])
    #expect(eventually { place.letIn.count > letIn.count })
    #expect(place.letIn.dropFirst(letIn.count) == [head])
  }

  @Test(arguments: Way.allCases) func aTagThatMovesIsTold(_ way: Way) throws {
    let place = try Place(way, pushed: Self.first)
    _ = try place.check()
    try place.registry.push(Self.second, to: "team/app", tag: "stable")
    #expect(try place.check() == ["team/app:stable": "changed"])
    #expect(try place.scene.eventLines().last.map(object)?["type"] as? String == "watcher.image.changed")
    let newest = try #require(try place.scene.history("\(place.registry.authority)/team/app:stable").first)
    #expect(Place.imageIDs(newest) == Self.second.platforms.map { Self.second.imageID($0).description })
  }

  /// Where somebody may read, a tag that is not there is no refusal. Of a repository that is not there the registry says
  /// the same; only its list of tags tells.
  @Test(arguments: Way.allCases) func whatIsNotThereIsToldFromWhatIsForbidden(_ way: Way) throws {
    let place = try Place(way, pushed: Self.first)
    try place.watch(["team/app:stable", "team/app:nothing", "nobody/app:stable"])
    try place.add(["repository": "\(place.registry.authority)/nobody/tool"])
    #expect(
      try place.check() == [
        "team/app:stable": "first_seen", "team/app:nothing": "tag_missing", "nobody/app:stable": "tag_missing",
        "nobody/tool": "repository_missing",
      ])
  }

  @Test(arguments: [Way.password, .tokens]) func aWrongPasswordIsSentOnceAndToldAsThat(_ way: Way) throws {
    let place = try Place(way, pushed: Self.first)
    try place.watch(["team/app:stable"], password: "wrong-canary")
    #expect(try place.check() == ["team/app:stable": "bad_credentials"])
    let refused = Array(repeating: "401 HEAD /v2/team/app/manifests/stable", count: way == .password ? 2 : 1)
    #expect(eventually { place.registry.requests == refused })
  }

  @Test(arguments: Way.allCases) func onlyTheWatchedPlatformIsFetched(_ way: Way) throws {
    let place = try Place(way, pushed: Self.first)
    let image = "\(place.registry.authority)/team/app:stable"
    try place.watch([])
    try place.add(["image": image, "platforms": ["linux/arm64/v8"]])
    #expect(try place.check() == ["team/app:stable": "first_seen"])
    let entry = try #require(try place.scene.history(image).first)
    #expect(Place.imageIDs(entry) == [Self.first.imageID("linux/arm64").description])
    #expect(!place.letIn.contains { $0.contains(Self.first.manifest("linux/amd64").digest.description) })
  }

  /// This version of the registry sends a list in one page, whatever number it is asked for.
  @Test(arguments: Way.allCases) func aListGivesItsTags(_ way: Way) throws {
    let place = try Place(way, pushed: Self.first)
    for tag in ["1.0", "1.1"] { try place.registry.push(Self.first, to: "team/app", tag: tag) }
    try place.watch([])
    try place.add(["repository": "\(place.registry.authority)/team/app", "include_tags": ["^[0-9]"]])
    #expect(try place.check() == ["team/app:1.0": "first_seen", "team/app:1.1": "first_seen"])
    #expect(eventually { place.letIn.count { $0.hasPrefix("200 GET /v2/team/app/tags/list?n=") } == 1 })
  }

  /// libcurl would know it, and it is for other programs.
  @Test func aNetrcIsNoLogIn() throws {
    let place = try Place(.password, pushed: Self.first)
    try place.scene.set("registries", [String: Any]())
    let file = "\(place.scene.directory)/.netrc"
    let (user, password, _) = DockerRegistry.user
    try "machine 127.0.0.1 login \(user) password \(password)\n".write(toFile: file, atomically: true, encoding: .utf8)
    chmod(file, 0o600)
    let origin = "http://\(place.registry.authority)/v2/"
    let curl = try Child("curl", ["--silent", "--fail", "--noproxy", "*", "--netrc-file", file, origin]).finish()
    #expect(curl == 0, "curl is let in by it")
    #expect(try place.check() == ["team/app:stable": "unauthorized_or_missing"])
  }
}

extension RealWaysTests {
  enum Way: CaseIterable, Sendable {
    case plain, ownAuthority, password, tokens
  }

  /// A registry with an image at `team/app:stable`, and a scene that watches it.
  private final class Place {
    let registry: DockerRegistry
    let scene: Scene
    private let way: Way
    private let tokens: TokenServer?
    private let certificates: Certificates?

    init(_ way: Way, pushed image: FakeRegistryImage) throws {
      self.way = way
      tokens = way == .tokens ? try TokenServer() : nil
      certificates = way == .ownAuthority ? try Certificates() : nil
      let door = tokens.map { DockerRegistry.Door.token($0) } ?? (way == .password ? .password : .open)
      registry = try DockerRegistry(door: door, certificates: certificates)
      scene = try Scene(watch: [])
      try registry.push(image, to: "team/app", tag: "stable")
      try watch(["team/app:stable"])
    }

    deinit { tokens?.stop() }

    func watch(_ tags: [String], password: String = DockerRegistry.user.password) throws {
      try scene.configure(watch: tags.map { "\(registry.authority)/\($0)" })
      var settings: [String: Any] = [:]
      if let certificates { settings = ["scheme": "https", "ca_file": certificates.caFile] }
      if way == .password || way == .tokens {
        let file = "\(scene.directory)/password"
        try password.write(toFile: file, atomically: true, encoding: .utf8)
        chmod(file, 0o600)
        settings["username"] = DockerRegistry.user.name
        settings["password_file"] = file
      }
      if let tokens { settings["trusted_realms"] = [tokens.authority] }
      try scene.set("registries", [registry.authority: settings])
    }

    /// Adds an entry to what is watched.
    func add(_ entry: [String: Any]) throws {
      let watched = try object(WatcherBinary.text(scene.config))["watch"] as? [Any] ?? []
      try scene.set("watch", watched + [entry])
    }

    /// What became of each tag, and of each repository that could not be listed: the outcome, or the code of the error.
    func check() throws -> [String: String] {
      let outcome = try scene.run(["check", "--json", "--config", scene.config])
      let report = try object(outcome.stdout)
      let results = ["results", "unlisted"].flatMap { report[$0] as? [[String: Any]] ?? [] }
      return Dictionary(
        results.map { result in
          let name = (result["tag"] ?? result["repository"]) as? String ?? ""
          let code = (result["error"] as? [String: Any])?["code"] as? String
          return (name.replacing("\(registry.authority)/", with: ""), code ?? result["outcome"] as? String ?? "")
        }, uniquingKeysWith: { "\($0), \($1)" })
    }

    /// The requests that were answered with what they asked for.
    var letIn: [String] { registry.requests.filter { $0.hasPrefix("200 ") } }

    static func imageIDs(_ entry: [String: Any]) -> [String?] {
      (entry["platforms"] as? [[String: Any]] ?? []).map { $0["image_id"] as? String }
    }
  }
}
