import Foundation
import Glibc
import TestSupport
import Testing

/// Log-ins that people's tools have made, at Debian's registry: the configuration says nothing of it.
@Suite struct RealLoginTests {
  private static let image = FakeRegistryImage("first")

  @Test(.enabled(if: LoginTool.skopeo.isThere, LoginTool.skopeo.absence))
  func skopeoHasLoggedIn() throws { try serves(.skopeo) }

  @Test(.enabled(if: LoginTool.podman.isThere, LoginTool.podman.absence))
  func podmanHasLoggedIn() throws { try serves(.podman) }

  @Test(.enabled(if: LoginTool.buildah.isThere, LoginTool.buildah.absence))
  func buildahHasLoggedIn() throws { try serves(.buildah) }

  @Test(.enabled(if: LoginTool.docker.isThere, LoginTool.docker.absence))
  func dockerHasLoggedIn() throws { try serves(.docker) }

  private func serves(_ tool: LoginTool) throws {
    let (registry, image, scene) = try DockerRegistry.scene(watching: "team/app:stable", door: .password)
    try registry.push(Self.image, to: "team/app", tag: "stable")
    let visitor = try LoginVisitor(scene)
    #expect(try visitor.check() == ["unauthorized_or_missing"])
    try visitor.logIn(with: tool, to: registry)
    let file = "\(scene.directory)/\(tool.file)"
    #expect(try visitor.check() == ["first_seen"])
    #expect(try visitor.trace(of: image).contains("log-in for \(registry.authority): from \(file)\n"))
    try tool.run(["logout", registry.authority], visitor.environment)
    #expect(try visitor.check() == ["unauthorized_or_missing"])
    visitor.expectNoSecret()
  }

  /// Of two users of a registry, each with a part of it, as only files of containers' tools can say.
  @Test(.enabled(if: LoginTool.skopeo.isThere, LoginTool.skopeo.absence))
  func aLogInForSomeRepositoriesIsForNoOther() throws {
    let (registry, image, scene) = try DockerRegistry.scene(watching: "team/app:stable", door: .password)
    for path in ["team/app", "other/app"] { try registry.push(Self.image, to: path, tag: "stable") }
    try scene.configure(watch: [image, "\(registry.authority)/other/app:stable"])
    let visitor = try LoginVisitor(scene)
    try visitor.logIn(with: .skopeo, to: registry)
    let file = "\(scene.directory)/\(LoginTool.skopeo.file)"
    let narrowed = WatcherBinary.text(file).replacing(registry.authority, with: "\(registry.authority)/team")
    try narrowed.write(toFile: file, atomically: true, encoding: .utf8)
    chmod(file, 0o600)
    #expect(try visitor.check() == ["unauthorized_or_missing", "first_seen"])
  }

  @Test(.enabled(if: LoginTool.skopeo.isThere, LoginTool.skopeo.absence))
  func overTLSWithAnAuthorityOfItsOwn() throws {
    let certificates = try Certificates()
    let (registry, image, scene) = try DockerRegistry.scene(
      watching: "team/app:stable", door: .password, certificates: certificates)
    try registry.push(Self.image, to: "team/app", tag: "stable")
    try scene.set("registries", [registry.authority: ["scheme": "https", "ca_file": certificates.caFile]])
    let visitor = try LoginVisitor(scene)
    let trusted = "\(scene.directory)/trusted"
    try FileManager.default.createDirectory(atPath: trusted, withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: certificates.caFile, toPath: "\(trusted)/ca.crt")
    try visitor.logIn(with: .skopeo, to: registry, ["--cert-dir", trusted])
    #expect(try visitor.check() == ["first_seen"])
    #expect(try visitor.trace(of: image).contains("https://\(registry.authority)/v2/team/app/manifests/stable -> 401"))
    visitor.expectNoSecret()
  }

  // MARK: Without XDG_RUNTIME_DIR

  /// Nothing of the machine's own `/run` is touched: what is there is another one, for these programs alone.
  private static let anotherRun = ["unshare", "--mount", "--propagation", "private"]
  /// `nil` where there can be one.
  private static let obstacle: String? = {
    let words = anotherRun + ["mount", "-t", "tmpfs", "tmpfs", "/run"]
    let status = try? Child(words[0], Array(words.dropFirst()), environment: ["PATH": "/usr/bin:/bin"]).finish()
    return status == 0 ? nil : "no mount namespace can be made here; it takes root"
  }()

  @Test(
    .enabled(if: LoginTool.skopeo.isThere, LoginTool.skopeo.absence),
    .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
  func withoutARuntimeDirectoryItIsInThatOfTheUser() throws {
    let (registry, image, scene) = try DockerRegistry.scene(watching: "team/app:stable", door: .password)
    try registry.push(Self.image, to: "team/app", tag: "stable")
    var visitor = try LoginVisitor(scene)
    visitor.environment["XDG_RUNTIME_DIR"] = nil
    let login = ([LoginTool.skopeo.path ?? ""] + LoginTool.skopeo.login(registry)).joined(separator: " ")
    visitor.prepare = "mount -t tmpfs tmpfs /run && \(login) <'\(visitor.password)' >'\(scene.directory)/login.log'"
    visitor.wrapper = Self.anotherRun
    #expect(try visitor.check() == ["first_seen"])
    let file = "/run/containers/\(getuid())/auth.json"
    #expect(try visitor.trace(of: image).contains("log-in for \(registry.authority): from \(file)\n"))
    visitor.expectNoSecret()
  }
}
