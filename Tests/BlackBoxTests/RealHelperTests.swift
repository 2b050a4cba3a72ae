import Foundation
import TestSupport
import Testing

/// Debian's credential helpers, with what they keep in a home of a test's own.
@Suite struct RealHelperTests {
  private static func lacks(_ programs: [String]) -> String? {
    let missing = programs.filter { access("/usr/bin/\($0)", X_OK) != 0 }
    return missing.isEmpty ? nil : "not installed: \(missing.joined(separator: ", "))"
  }
  private static let withoutPass = lacks(["docker-registry", "pass", "gpg", "docker-credential-pass"])
  private static let withoutSecretService = lacks(
    ["docker-registry", "gnome-keyring-daemon", "dbus-run-session", "docker-credential-secretservice"])

  private let registry: DockerRegistry
  private let image: String
  private let scene: Scene
  private var visitor: LoginVisitor

  init() throws {
    (registry, image, scene) = try DockerRegistry.scene(watching: "team/app:stable", door: .password)
    try registry.push(FakeRegistryImage("first"), to: "team/app", tag: "stable")
    visitor = try LoginVisitor(scene)
  }

  @Test(.enabled(if: withoutPass == nil, "\(withoutPass ?? "")"))
  mutating func pass() throws {
    try makePasswordStore()
    defer { endAgent() }
    try serves("pass")
  }

  /// It chooses that by itself where it is installed.
  @Test(
    .enabled(if: withoutPass == nil, "\(withoutPass ?? "")"),
    .enabled(if: LoginTool.docker.isThere, LoginTool.docker.absence))
  mutating func dockerHasLoggedInWithPass() throws {
    try makePasswordStore()
    defer { endAgent() }
    try LoginTool.docker.run(LoginTool.docker.login(registry), visitor.environment, stdin: visitor.password)
    #expect(try visitor.check() == ["first_seen"])
    let origin = "docker-credential-pass (\(scene.directory)/\(LoginTool.docker.file))"
    #expect(try visitor.trace(of: image).contains("log-in for \(registry.authority): from \(origin)\n"))
    visitor.expectNoSecret()
  }

  /// The bus ends with what it is for, and the keyring with the bus.
  @Test(.enabled(if: withoutSecretService == nil, "\(withoutSecretService ?? "")"))
  mutating func secretService() throws {
    visitor.wrapper = ["dbus-run-session", "--"]
    visitor.prepare = "echo any | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    try serves("secretservice")
  }

  private func serves(_ helper: String) throws {
    #expect(try visitor.check() == ["unauthorized_or_missing"])
    let (name, password, _) = DockerRegistry.user
    let entry = try JSONSerialization.data(
      withJSONObject: ["ServerURL": registry.authority, "Username": name, "Secret": password])
    try entry.write(to: URL(fileURLWithPath: "\(scene.directory)/entry"))
    try sh("docker-credential-\(helper) store <'\(scene.directory)/entry'")

    try scene.set("registries", [registry.authority: ["credential_helper": helper]])
    #expect(try visitor.check() == ["first_seen"])
    #expect(
      try visitor.trace(of: image).contains("log-in for \(registry.authority): from docker-credential-\(helper)\n"))

    try scene.set("registries", [String: Any]())
    let docker = "\(scene.directory)/.docker"
    try FileManager.default.createDirectory(atPath: docker, withIntermediateDirectories: false)
    try #"{"credsStore": "\#(helper)"}"#.write(toFile: "\(docker)/config.json", atomically: false, encoding: .utf8)
    #expect(try visitor.check() == ["unchanged"])
    let origin = "docker-credential-\(helper) (\(docker)/config.json)"
    #expect(try visitor.trace(of: image).contains("log-in for \(registry.authority): from \(origin)\n"))
    visitor.expectNoSecret()
  }

  private mutating func makePasswordStore() throws {
    let keys = "\(scene.directory)/g"
    try FileManager.default.createDirectory(
      atPath: keys, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    visitor.environment["GNUPGHOME"] = keys
    try sh(
      """
      gpg --batch --quiet --passphrase '' --quick-generate-key tests@example.test default default never
      pass init tests@example.test
      """)
  }

  /// It is started by whoever needs it, and stays.
  private func endAgent() { try? sh("gpgconf --kill all") }

  /// Runs a script where the visitor's programs run.
  private func sh(_ script: String) throws {
    let log = "\(scene.directory)/sh.log"
    let words = visitor.wrapper + ["sh", "-c", "set -e\n\(visitor.prepare)\n\(script)"]
    let status = try Child(
      words[0], Array(words.dropFirst()), environment: visitor.environment, stdout: log, stderr: log
    ).finish()
    try #require(status == 0, "\(WatcherBinary.text(log))")
  }
}
