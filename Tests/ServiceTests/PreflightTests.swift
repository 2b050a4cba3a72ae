import Delivery
import Foundation
import History
import Host
import ImageModel
import InMemoryLogging
import Logging
import Polling
import TestSupport
import Testing

@testable import Config
@testable import Service

/// What a configuration names outside of itself, looked at by `config check`, by a start, and by a reload.
@Suite(.timeLimit(.minutes(2))) struct PreflightTests {
  /// One mistake, told at `§`; `$D` is a directory with the files of `init`, `$P` a port that is free.
  struct Mistake: CustomStringConvertible {
    let text: String
    let words: String
    /// Whether nothing is begun with it.
    var refuses = false

    var description: String { text }
  }

  static let mistakes = [
    // Of one registry: its tags fail, the others are polled.
    Mistake(text: registry(#""username": "u", "password_file": §"$D/none""#), words: "No such file"),
    Mistake(text: registry(#""username": "u", "password_file": §"$D/empty""#), words: "it is empty"),
    Mistake(text: registry(#""username": "u", "password_file": §"$D""#), words: "Is a directory"),
    Mistake(text: registry(#""username": "u", "password_file": §"$D/latin1""#), words: "not UTF-8"),
    Mistake(text: registry(#""token_file": §"$D/two""#), words: "holds more than one token"),
    Mistake(text: registry(#""ca_file": §"$D/two""#), words: "no PEM certificate is in it"),
    Mistake(text: registry(#""ca_file": §"$D/none""#), words: "No such file"),
    Mistake(text: registry(#""client_cert_file": §"$D/two""#), words: "no PEM certificate is in it"),
    Mistake(text: registry(#""token_file": §{"credential": "none"}"#), words: "No such file"),
    // Of what others show.
    Mistake(text: pages(#""password_file": §"$D/none""#), words: "No such file"),
    Mistake(text: pages(#""password_file": §"$D/empty""#), words: "it is empty"),
    Mistake(text: pages(#""password_file": §"$D/blank""#), words: "it is empty"),
    Mistake(text: pages(#""password_file": §"$D/two""#), words: "it holds more than one line"),
    // Of one local file.
    Mistake(text: sink(#""type": "file", "path": §"$D/none/e""#), words: "No such file"),
    Mistake(text: sink(#""type": "file", "path": §"$D/pipe""#), words: "Invalid argument"),
    Mistake(text: sink(#""type": "file", "path": §"$D/link""#), words: "symbolic links"),
    // Of one receiver that is not trusted.
    Mistake(text: webhook(#""ca_file": §"$D/two""#), words: "no PEM certificate is in it"),
    // Of what no request goes to.
    Mistake(
      text: sink(#""type": "webhook", "url": §"https://169.254.169.254/x""#), words: "nothing is ever sent to this"),
    Mistake(text: #"{"watch": [§"169.254.169.254/a:1"]}"#, words: "is never polled"),
    // Of a sink that could not sign.
    Mistake(text: webhook(#""secret_file": §"$D/none""#), words: "No such file", refuses: true),
    Mistake(text: webhook(#""secret_file": §"$D/two""#), words: "begin with whsec_", refuses: true),
    Mistake(text: webhook(#""secret_file": §"$D/short""#), words: "24 to 64 are wanted", refuses: true),
    Mistake(
      text: webhook(#""secret_file": "$D/secret", "secret_previous_file": §"$D/empty""#), words: "it is empty",
      refuses: true),
    Mistake(
      text: webhook(#""header_files": {"Authorization": §"$D/two"}"#), words: "more than one line", refuses: true),
    Mistake(text: webhook(#""secret_file": §{"credential": "none"}"#), words: "No such file", refuses: true),
    // Of the whole.
    Mistake(text: #"{"http": {"pages": false, "listen": §"192.0.2.1:9470"}}"#, words: "cannot listen", refuses: true),
  ]

  private static func registry(_ members: String) -> String {
    "{\"watch\": [\"r.example/a\"],\n \"registries\": {\"r.example\": {\(members)}}}"
  }

  private static func pages(_ members: String) -> String {
    "{\"http\":\n {\(members), \"listen\": \"127.0.0.1:$P\"}}"
  }

  private static func sink(_ members: String) -> String { "{\"sinks\":\n {\"s\": {\(members)}}}" }

  private static func webhook(_ members: String) -> String {
    sink(#""type": "webhook", "url": "https://127.0.0.1:1/", "# + members)
  }

  private let directory: TemporaryDirectory
  /// Of the service that is reloaded.
  private let other: TemporaryDirectory
  private let environment: [String: String]
  private let port: Int

  init() throws {
    port = try freePort()
    directory = try TemporaryDirectory()
    other = try TemporaryDirectory()
    let folder = directory.path
    environment = ["CREDENTIALS_DIRECTORY": folder]
    for (name, text) in [
      ("empty", "\n"), ("blank", " \t "), ("two", "a b\nc\n"), ("short", "whsec_MDEyMw==\n"),
      ("secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3\n"),
    ] { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
    try Data([0xe9]).write(to: URL(filePath: "\(folder)/latin1"))
    mkfifo("\(folder)/pipe", 0o600)
    symlink("\(folder)/two", "\(folder)/link")
  }

  private func config(_ text: String) throws -> WatchConfig {
    let text = text.replacing("$D", with: directory.path).replacing("$P", with: "\(port)").replacing("§", with: "")
    return try WatchConfig.parse(Array(text.utf8), path: "c.json")
  }

  private var database: DatabasePlace { DatabasePlace(directory.path + "/watcher.db") }

  private func trial(_ config: WatchConfig, _ environment: [String: String]? = nil) async throws -> [PreflightFinding] {
    try await ConfigTrial.findings(config, database: database, environment: environment ?? self.environment)
  }

  /// The problems that a start tells of, and whether it was refused.
  private func start(_ config: WatchConfig) async throws -> (problems: [ConfigProblem], isRefused: Bool) {
    do {
      let start = try await ServiceStart(
        config, database: database.path, environment: environment, output: .standardOutput,
        signals: SignalWatch())
      let faults = start.made.faults
      await start.endpoint.close()
      start.made.sinks.close()
      return (faults, false)
    } catch let refusal as ConfigRefusal {
      return (refusal.problems, true)
    }
  }

  /// The same of a service that works by a small configuration and is reloaded with this one. No poll of it finds
  /// anything, so there is no event that could be sent.
  private func reload(_ config: WatchConfig) async throws -> (problems: [String], isRefused: Bool) {
    let small = try self.config(#"{"watch": ["a.example/a:1"], "sinks": {"small": {"type": "stdout"}}}"#)
    let scene = try await ReloadScene(
      small, database: other.path + "/watcher.db", environment: environment,
      poll: { _ in .failed(CheckFailure(.network, "nobody is asked"), registryAnswers: false) })
    await scene.reload { _ in config }.run()
    let isRefused = !scene.metrics.isLastReloadGood
    #expect(scene.lines.entries.contains { $0.message == (isRefused ? "reload_failed" : "reloaded") })
    #expect(scene.parts.config.value.sinks == (isRefused ? small : config).sinks)
    await scene.end()
    return (scene.problems, isRefused)
  }

  @Test(arguments: mistakes) func eachIsToldAlikeAtItsPlace(_ mistake: Mistake) async throws {
    let config = try config(mistake.text)
    let findings = try await trial(config)
    // A certificate that is none has no key either.
    #expect(findings.count == (mistake.text.contains("client_cert") ? 2 : 1), "\(findings)")
    let finding = try #require(findings.first)
    let before = mistake.text.replacing("$D", with: directory.path).prefix { $0 != "§" }
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(finding.problem.line == before.count && finding.problem.column == (before.last?.count ?? 0) + 1)
    #expect(finding.problem.message.contains(mistake.words), "\(finding.problem.message)")
    #expect(finding.problem.severity == .error && (finding.refusal != nil) == mistake.refuses && !finding.isUnseen)

    let begun = try await start(config)
    #expect(begun.problems == findings.map(\.problem) && begun.isRefused == mistake.refuses)
    let reloaded = try await reload(config)
    #expect(reloaded.problems == findings.map(\.problem.firstLine) && reloaded.isRefused == mistake.refuses)
    #expect(!FileManager.default.fileExists(atPath: database.path), "a look makes nothing")
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/none"))
  }

  /// Outside of the service nobody can say; the service itself can. Also inside of the unit its directory may be closed.
  @Test func aCredentialThatIsTheServicesAloneIsUnseen() async throws {
    let gone = directory.path + "/gone"
    for text in [
      Self.registry(#""token_file": {"credential": "two"}"#), Self.registry(#""ca_file": {"credential": "two"}"#),
      Self.webhook(#""secret_file": {"credential": "two"}"#),
    ] {
      for (environment, words) in [
        ([:], "cannot be looked for: CREDENTIALS_DIRECTORY is not set"),
        (["CREDENTIALS_DIRECTORY": gone], "cannot be looked for in \(gone): No such file or directory"),
      ] {
        let findings = try await trial(try config(text), environment)
        #expect(findings.map(\.isUnseen) == [true])
        #expect(findings.first?.problem.message.contains(words) == true, "\(findings)")
        #expect(findings.first?.problem.hint?.contains("the daemon (LoadCredential=), which looks itself") == true)
      }
      #expect(try await trial(try config(text)).map(\.isUnseen) == [false])
    }
  }

  @Test func aDatabaseThatCannotBeHadIsToldAtItsPlace() async throws {
    let folder = directory.path
    try "no database, but long enough to have its head".write(
      toFile: folder + "/foreign", atomically: true, encoding: .utf8)
    for (path, words) in [
      (folder, "directory"), (folder + "/none/w.db", "No such file"), (folder + "/foreign", "not"),
      (folder + "/pipe", "not a regular file"),
    ] {
      let config = try config("{\"database\": \"\(path)\"}")
      let findings = try await ConfigTrial.findings(
        config, database: DatabasePlace(path), environment: environment)
      #expect(findings.map { [$0.problem.line, $0.problem.column] } == [[1, 14]], "\(path)")
      #expect(findings.first?.problem.message.contains(words) == true, "\(findings)")
      #expect(findings.first?.refusal is StoreError)
    }
    let placeless = try await ConfigTrial.findings(
      try config("{}"), database: DatabasePlace(folder + "/none/w.db"), environment: environment)
    #expect(placeless.first?.problem.rendered.hasPrefix("c.json: error: cannot create the database") == true)
    let made = try await ConfigTrial.findings(
      try config("{}"), database: DatabasePlace(folder + "/none/deep/w.db", makesDirectory: true),
      environment: environment)
    #expect(made.isEmpty)
  }

  /// What the project ships, shows and tests with; most names lead nowhere here.
  @Test func eachConfigurationIsJudgedAlike() async throws {
    let valid = try JSONDocument.ofTheProject().compactMap { document in
      (try? WatchConfig.parse(document.bytes, path: "c.json")).map { (document.name, $0) }
    }
    for place in ["Tests/ConfigTests/fixtures/good/contract.json", "config.example.json", "docs/", "contrib/"] {
      #expect(valid.contains { $0.0.hasPrefix(place) }, "\(place)")
    }
    for (name, config) in valid {
      let findings = try await trial(config)
      let begun = try await start(config)
      #expect(begun.isRefused == findings.contains { $0.refusal != nil }, "\(name)")
      let expected = begun.isRefused ? findings.filter { $0.refusal != nil } : findings
      #expect(begun.problems == expected.map(\.problem), "\(name)")
      let reloaded = try await reload(config)
      #expect(reloaded.isRefused == begun.isRefused, "\(name)")
      let told = [ConfigProblem.Severity.error, .warning].flatMap { severity in
        begun.problems.filter { $0.severity == severity }.map(\.firstLine)
      }
      #expect(reloaded.problems == told, "\(name)")
    }
  }
}

extension ConfigProblem {
  /// As a log has it.
  fileprivate var firstLine: String { String(rendered.prefix { $0 != "\n" }) }
}
