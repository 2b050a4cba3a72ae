import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Credentials

/// Real programs, each a script that behaves in one way.
@Suite struct HelperProgramTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func program(_ script: String, environment: [String: String] = [:]) throws -> HelperProgram {
    let path = directory.path + "/docker-credential-test"
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
    chmod(path, 0o755)
    let path1 = ["PATH": "\(directory.path):/usr/bin:/bin"].merging(environment) { $1 }
    return try #require(HelperProgram(named: "test", environment: path1))
  }

  @Test func itIsAskedForOneServer() async throws {
    let program = try program(
      #"printf '{"ServerURL":"%s","Username":"%s","Secret":"s:%s"}' "$(cat)" "$1" "$HOME""#,
      environment: ["HOME": "/h", "SECRET": "x"])
    #expect(
      await program.get("https://index.docker.io/v1/") == .login(.basic(.init(username: "get", password: "s:/h"))))
    #expect(program.environment["SECRET"] == nil && program.environment["HOME"] == "/h")
  }

  @Test(arguments: ["credentials not found in native keychain", "no credentials server URL", "no credentials username"])
  func notToHaveOneIsNoMistake(words: String) async throws {
    #expect(try await program("echo '\(words)'; exit 1").get("r.example") == .none)
  }

  @Test(
    arguments: [
      ("exit 3", "it ended with 3"), ("echo canary; exit 1", "it ended with 1"),
      ("echo '{\"Secret\":\"canary\"}'; exit 1", "it ended with 1"),
      ("echo canary >&2; kill $$", "it was ended by signal 15"),
      (#"printf '{"Username":"ann","Secret":"canary'"#, "what it wrote is no JSON object"),
      ("echo hello", "what it wrote is no JSON object"), ("true", "what it wrote is no JSON object"),
      (#"echo '{"Username":"u"}'"#, "what it wrote has no Username or no Secret"),
      (#"printf '{"Username":"u","Secret":"a\\nb"}'"#, "what it wrote has control characters"),
      (#"printf '\377\376\000{}'"#, "what it wrote is no JSON object"),
      (#"echo '{"Username":"u","Secret":"s"} {}'"#, "what it wrote is no JSON object"),
      (#"echo '{"Username":"u","Secret":["s"]}'"#, "what it wrote has no Username or no Secret"),
      ("yes | head -c 10000000", "it wrote more than 65536 bytes"), ("kill -9 $$", "it was ended by signal 9"),
    ])
  func whatIsNoAnswerIsSaid(script: String, reason: String) async throws {
    #expect(try await program(script).get("r.example") == .failed(reason))
  }

  /// It does not read its input, or leaves a child that has its output.
  @Test(arguments: ["", "sleep 60 &", "setsid sleep 60 &", "exec <&-"])
  func whatItLeavesBehindHoldsUpNobody(script: String) async throws {
    let began = ContinuousClock.now
    let reply = try await program("\(script)\necho '{\"Username\":\"u\",\"Secret\":\"s\"}'").get("r.example")
    #expect(reply == .login(.basic(.init(username: "u", password: "s"))))
    #expect(ContinuousClock.now - began < .seconds(8))
  }

  @Test(
    arguments: [
      ("sleep 61", slow), ("trap '' TERM; sleep 61; sleep 61", slow), ("sleep 61 & wait", slow),
      ("setsid sleep 60 & sleep 61", slow), ("exec >&-; sleep 61", slow),
      ("trap '' PIPE; while :; do echo x; done", .failed("it wrote more than 65536 bytes")),
      ("yes; sleep 61", .failed("it wrote more than 65536 bytes")),
    ] as [(String, HelperReply)])
  func itIsEndedWithAllThatItStarted(script: String, reply: HelperReply) async throws {
    let pids = directory.path + "/pids"
    var program = try program("echo $$ > '\(pids)'\n\(script)")
    // One that is to be cut off for what it writes has all the time.
    if reply == Self.slow { program.patience = .milliseconds(500) }
    let began = ContinuousClock.now
    #expect(await program.get("r.example") == reply)
    #expect(ContinuousClock.now - began < .seconds(8))
    let group = try #require(
      pid_t(String(decoding: try Data(contentsOf: URL(filePath: pids)), as: UTF8.self).filter(\.isNumber)))
    let deadline = ContinuousClock.now + .seconds(10)
    while Self.isAlive(group), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    #expect(!Self.isAlive(group))
  }

  /// Whether a process of a group is there. One that has ended and that nobody has waited for yet is not.
  private static func isAlive(_ group: pid_t) -> Bool {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.contains { process in
      guard let stat = try? String(contentsOf: URL(filePath: "/proc/\(process)/stat"), encoding: .utf8) else {
        return false
      }
      // After the name in parentheses: state, parent, group. Source: proc(5).
      let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 2 && fields[0] != "Z" && fields[2] == "\(group)"
    }
  }

  private static let slow = HelperReply.failed("it has not answered within 0 s")

  @Test func whatIsNoProgramIsSaid() async throws {
    let program = try program("exit 0")
    try Data("no program".utf8).write(to: URL(filePath: program.path))
    #expect(await program.get("r.example") == .failed("it cannot be run (Exec format error)"))
  }
}
