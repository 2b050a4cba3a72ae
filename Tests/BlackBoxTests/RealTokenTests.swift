import Foundation
import TestSupport
import Testing

/// Debian's registry with a token server, whose tokens it judges itself.
@Suite struct RealTokenTests {
  private static let paths = ["other/app", "team/app", "team/tool"]

  private let tokens: TokenServer
  private let registry: DockerRegistry
  private let scene: Scene
  private let visitor: LoginVisitor

  init() throws {
    tokens = try TokenServer()
    registry = try DockerRegistry(door: .token(tokens))
    scene = try Scene(watch: [])
    visitor = try LoginVisitor(scene)
    for path in Self.paths { try registry.push(FakeRegistryImage("first"), to: path, tag: "stable") }
    try watch(Self.paths)
  }

  private func watch(_ paths: [String]) throws {
    try scene.configure(watch: paths.map { "\(registry.authority)/\($0):stable" })
    // One after another: it is known then that the log-in is right.
    try scene.set(
      "registries", [registry.authority: ["trusted_realms": [tokens.authority], "max_concurrency": 1] as [String: Any]])
  }

  /// How many repositories the watcher asked for with each request, by method.
  private var asked: [String] {
    tokens.requests.filter { $0.header("User-Agent")?.hasPrefix("watcher/") == true }.map { request in
      let scopes = request.form("scope")?.split(separator: " ").count ?? request.queries("scope").count
      return "\(request.method) \(scopes)"
    }
  }

  @Test(.enabled(if: LoginTool.skopeo.isThere, LoginTool.skopeo.absence))
  func oneTokenIsGoodForSeveralRepositories() throws {
    defer { tokens.stop() }
    #expect(try visitor.check() == Self.paths.map { _ in "unauthorized_or_missing" })
    let before = asked.count
    try visitor.logIn(with: .skopeo, to: registry)
    #expect(try visitor.check() == Self.paths.map { _ in "first_seen" })
    #expect(asked.dropFirst(before) == ["GET 1", "GET 3"])
    visitor.expectNoSecret()
  }

  /// Without an engine Docker asks for a refresh token, and keeps that in place of the password.
  @Test(.enabled(if: LoginTool.docker.isThere, LoginTool.docker.absence))
  func theRefreshTokenThatDockerHasIsPosted() throws {
    defer { tokens.stop() }
    try visitor.logIn(with: .docker, to: registry)
    let file = WatcherBinary.text("\(scene.directory)/\(LoginTool.docker.file)")
    try #require(file.contains("\"identitytoken\": \"\(TokenServer.refreshToken)\""), "\(file)")
    #expect(try visitor.check() == Self.paths.map { _ in "first_seen" })
    #expect(asked == ["POST 1", "POST 3"])
    visitor.expectNoSecret([TokenServer.refreshToken])
  }

  /// It stands beside an empty password, which is nobody's.
  @Test(.enabled(if: LoginTool.docker.isThere, LoginTool.docker.absence))
  func aRefreshTokenThatIsRefusedIsAllThatIsSent() throws {
    defer { tokens.stop() }
    try visitor.logIn(with: .docker, to: registry)
    let file = "\(scene.directory)/\(LoginTool.docker.file)"
    let revoked = WatcherBinary.text(file).replacing(TokenServer.refreshToken, with: "revoked")
    try revoked.write(toFile: file, atomically: true, encoding: .utf8)
    try watch(["team/app"])
    #expect(try visitor.check() == ["bad_credentials"])
    #expect(asked == ["POST 1"])
  }
}
