import FoundationEssentials
import Glibc
import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Credentials

@Suite struct LoginsTests {
  private static let query = LoginQuery(domain: "r.example", path: "team/a")
  private static let u = Login.basic(.init(username: "u", password: "p"))

  private static func found(_ login: Login = u, from origin: String) -> Logins.Answer {
    .found(FoundLogin(login: login, origin: origin))
  }

  private let directory: TemporaryDirectory
  private let config: String
  private let clock = Mutexed(BootTime(milliseconds: 0))
  private let told = Mutexed([String]())

  init() throws {
    directory = try TemporaryDirectory()
    config = directory.path + "/config.json"
  }

  /// A value that tests and closures share.
  final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value {
      get { mutex.withLock { $0 } }
      set { mutex.withLock { $0 = newValue } }
    }
    func change(_ body: (inout Value) -> Void) { mutex.withLock { body(&$0) } }
  }

  private func write(_ text: String, to path: String? = nil, mode: mode_t = 0o600) throws {
    let path = path ?? config
    try Data(text.utf8).write(to: URL(filePath: path))
    chmod(path, mode)
  }

  /// `.dockercfg`, which is where it is by itself.
  private static func unnamed(home: String) throws -> AuthPlace {
    try #require(AuthPlace.found(environment: ["HOME": home]).last)
  }

  private func logins(_ places: [AuthPlace]? = nil, helpers: Bool = true) -> Logins {
    Logins(
      places ?? [.file(config)], helpers: helpers ? ["PATH": "\(directory.path):/usr/bin:/bin"] : nil,
      now: { [clock] in clock.value }, tell: { [told] text in told.change { $0.append(text) } })
  }

  /// Writes a line of `asked` for each question.
  private func helper(_ script: String) throws {
    try write(
      "#!/bin/sh\necho x >> '\(directory.path)/asked'\n\(script)\n", to: directory.path + "/docker-credential-h",
      mode: 0o755)
  }

  private var asked: Int {
    (try? Data(contentsOf: URL(filePath: directory.path + "/asked")))?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  private static let answer = #"echo '{"Username":"u","Secret":"p"}'"#
  private static let origin = "docker-credential-h"

  @Test func aFileIsReadAgainWhenItChanges() async throws {
    let logins = logins([try Self.unnamed(home: directory.path)])
    let config = directory.path + "/.dockercfg"
    #expect(try await logins.login(for: Self.query) == .none)
    try write(#"{"r.example": {"auth": "dTpw"}}"#, to: config)
    #expect(try await logins.login(for: Self.query) == Self.found(from: config))
    try write(#"{"r.example": {"auth": "dTpxcQ=="}}"#, to: config)
    #expect(
      try await logins.login(for: Self.query) == Self.found(.basic(.init(username: "u", password: "qq")), from: config))
    unlink(config)
    #expect(try await logins.login(for: Self.query) == .none)
    #expect(told.value.isEmpty)
  }

  @Test func whatIsWrongIsToldOncePerStateOfTheFile() async throws {
    let logins = logins()
    try write(#"{"auths": {"r.example": {"auth": "dTpw"}, "b.example": 5}}"#, mode: 0o644)
    for _ in 0..<3 { #expect(try await logins.login(for: Self.query) == Self.found(from: config)) }
    #expect(
      told.value == [
        "\(config) can be read by others (mode 644): chmod 600 it", "\(config): b.example: it is no object",
      ])
    try write("{")
    let fault = "\(config), which docker_config_file names, cannot be used (it is no JSON object)"
    for _ in 0..<3 { #expect(try await logins.login(for: Self.query) == .unusable(reason: fault)) }
    #expect(told.value.dropFirst(2) == [fault])
  }

  /// Others of these places are empty on every machine.
  @Test func aFileThatSomebodyNamesIsMissed() async throws {
    let environment = [
      "REGISTRY_AUTH_FILE": "\(directory.path)/none", "DOCKER_CONFIG": directory.path, "HOME": "/none",
    ]
    let logins = logins(AuthPlace.found(environment: environment))
    func missed(_ path: String, _ setting: String) -> String {
      "\(path), which \(setting) names, cannot be read (No such file or directory)"
    }
    let faults = [
      missed("\(directory.path)/none", "REGISTRY_AUTH_FILE"), missed(config, "DOCKER_CONFIG"),
    ]
    for _ in 0..<3 { #expect(try await logins.login(for: Self.query) == .unusable(reason: faults[0])) }
    #expect(told.value == faults)
    try write(#"{"auths": {"r.example": {"auth": "dTpw"}}}"#)
    #expect(try await logins.login(for: Self.query) == Self.found(from: config))
    #expect(
      try await self.logins([.file("/none/config.json")]).login(for: Self.query)
        == .unusable(reason: missed("/none/config.json", "docker_config_file")))
  }

  @Test func aDirectoryIsNoFileThatOthersMayRead() async throws {
    try FileManager.default.createDirectory(atPath: config, withIntermediateDirectories: false)
    let fault = "\(config), which docker_config_file names, cannot be read (Is a directory)"
    #expect(try await logins().login(for: Self.query) == .unusable(reason: fault))
    #expect(told.value == [fault])
  }

  @Test func aHelperIsAskedOnceByAll() async throws {
    try helper("sleep 0.2\n\(Self.answer)")
    try write(#"{"credsStore": "h"}"#)
    let logins = logins()
    try await withThrowingTaskGroup(of: Logins.Answer.self) { group in
      for _ in 0..<20 { group.addTask { try await logins.login(for: Self.query) } }
      for try await answer in group { #expect(answer == Self.found(from: "\(Self.origin) (\(config))")) }
    }
    #expect(asked == 1)
  }

  /// As polls do when the daemon stops.
  @Test func whoGivesUpWaitsForNoHelper() async throws {
    try helper("sleep 61")
    try write(#"{"credsStore": "h"}"#)
    let logins = logins()
    let waiting = (0..<3).map { _ in Task { try await logins.login(for: Self.query) } }
    let began = ContinuousClock.now
    while asked == 0, ContinuousClock.now - began < .seconds(10) { try await Task.sleep(for: .milliseconds(5)) }
    #expect(asked == 1)
    let cancelled = ContinuousClock.now
    for task in waiting { task.cancel() }
    for task in waiting { _ = try await task.value }
    #expect(ContinuousClock.now - cancelled < .seconds(5))
    try helper(Self.answer)
    #expect(try await logins.login(for: Self.query) == Self.found(from: "\(Self.origin) (\(config))"))
  }

  @Test func itsAnswerHoldsFiveMinutesAndAFailureOne() async throws {
    try write(#"{"credsStore": "h"}"#)
    for (script, milliseconds) in [
      (Self.answer, Logins.helperMilliseconds), ("echo no credentials username; exit 1", Logins.helperMilliseconds),
      ("exit 1", Logins.failureMilliseconds),
    ] {
      unlink(directory.path + "/asked")
      try helper(script)
      let logins = logins()
      let began = clock.value
      for (elapsed, count) in [(0, 1), (milliseconds - 1, 1), (milliseconds, 2)] {
        clock.value = began + elapsed
        _ = try await logins.login(for: Self.query)
        #expect(asked == count, "\(script) after \(elapsed) ms")
      }
    }
  }

  @Test func whatWasRefusedIsAskedForAnewAfterAMinute() async throws {
    try helper(Self.answer)
    try write(#"{"credsStore": "h"}"#)
    let logins = logins()
    _ = try await logins.login(for: Self.query)
    try helper(#"echo '{"Username":"u","Secret":"q"}'"#)
    // It would say the same a moment later.
    #expect(try await logins.renewed(Self.u, for: Self.query) == nil)
    #expect(asked == 1)
    clock.value = clock.value + Logins.failureMilliseconds
    #expect(try await logins.renewed(Self.u, for: Self.query)?.login == .basic(.init(username: "u", password: "q")))
    #expect(asked == 2)
  }

  @Test func whatTheConfigurationSaysCountsAlone() async throws {
    try write(#"{"auths": {"r.example": {"auth": "dTpw"}}}"#)
    let logins = logins()
    let password = directory.path + "/password"
    try write("secret\n", to: password)
    let source = CredentialSource.basic(username: "ann", passwordFile: password)
    #expect(
      try await logins.login(for: Self.query, configured: source)
        == Self.found(.basic(.init(username: "ann", password: "secret")), from: "configuration"))
    try write("other", to: password)
    #expect(
      try await logins.login(for: Self.query, configured: source)
        == Self.found(.basic(.init(username: "ann", password: "other")), from: "configuration"))
    try helper(Self.answer)
    #expect(
      try await logins.login(for: Self.query, configured: .helper(name: "h"))
        == Self.found(from: "docker-credential-h"))
  }

  @Test(arguments: [
    (CredentialSource.helper(name: "none"), "docker-credential-none gives no log-in for r.example"),
    (.basic(username: "u", passwordFile: "/nonexistent"), "the credentials file /nonexistent for r.example"),
    (.unseen(credential: "hub", remedy: "r"), "the credential (hub) for r.example cannot be looked for"),
  ])
  func whatIsConfiguredAndNotToBeHadIsAFailure(_ source: CredentialSource, _ words: String) async throws {
    let failure = await #expect(throws: CheckFailure.self) {
      try await logins().login(for: Self.query, configured: source)
    }
    #expect(failure?.code == .credentialsUnreadable)
    #expect(failure?.message.hasPrefix(words) == true, "\(failure?.message ?? "")")
  }

  @Test func whatAHelperDoesNotKnowMayStandInTheFile() async throws {
    try helper("echo 'credentials not found in native keychain'; exit 1")
    try write(#"{"credsStore": "h", "auths": {"r.example": {"auth": "dTpw"}}}"#)
    #expect(try await logins().login(for: Self.query) == Self.found(from: config))
    try helper("exit 1")
    #expect(try await logins().login(for: Self.query) == Self.found(from: config))
  }

  @Test func whatThereShouldBeIsSaid() async throws {
    try write(#"{"auths": {"r.example": {}}}"#)
    #expect(
      try await logins().login(for: Self.query)
        == .unusable(reason: "\(config) says that a helper has the log-in for r.example, and names none"))
    try write(#"{"credsStore": "h"}"#)
    func failed(_ why: String) -> Logins.Answer {
      .unusable(reason: "docker-credential-h, which \(config) names: \(why)")
    }
    #expect(try await logins().login(for: Self.query) == failed("there is no such program in PATH"))
    try helper("echo 'pass is locked'; exit 1")
    #expect(try await logins().login(for: Self.query) == failed("it ended with 1"))
    #expect(
      try await logins(helpers: false).login(for: Self.query)
        == failed("helpers are turned off here; WATCHER_CREDENTIAL_HELPERS=on turns them on"))
    #expect(asked == 1)
    try write(#"{"credsStore": "docker-credential-h"}"#)
    #expect(
      try await logins().login(for: Self.query)
        == .unusable(
          reason: "docker-credential-docker-credential-h, which \(config) names: there is no such program in PATH; "
            + #"write "h", not "docker-credential-h""#))
  }

  /// To log in with it would be of no use.
  @Test func whatToDoAboutAHelperDependsOnWhyItIsNotRun() async throws {
    func message(_ logins: Logins) async -> String {
      let failure = await #expect(throws: CheckFailure.self) {
        try await logins.login(for: Self.query, configured: .helper(name: "h"))
      }
      return failure?.message ?? ""
    }
    #expect(
      await message(logins()).hasSuffix("(there is no such program in PATH): install it, or correct credential_helper"))
    try helper("exit 1")
    #expect(await message(logins()).hasSuffix("(it ended with 1): log in with it, or correct credential_helper"))
    #expect(
      await message(logins(helpers: false)).hasSuffix(
        "(helpers are turned off here; WATCHER_CREDENTIAL_HELPERS=on turns them on): "
          + "do that, or set password_file or token_file"))
  }
}
