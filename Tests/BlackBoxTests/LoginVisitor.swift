import Foundation
import TestSupport
import Testing

/// The watcher as a user runs it who has logged in somewhere, and all that it has said.
struct LoginVisitor {
  let scene: Scene
  /// The file with the password alone.
  let password: String
  var environment: [String: String]
  /// What the binary is run by, and what is done first then.
  var wrapper: [String] = []
  var prepare = ":"
  private let said: Said

  private final class Said {
    var text = ""
  }

  init(_ scene: Scene) throws {
    self.scene = scene
    password = "\(scene.directory)/password"
    try DockerRegistry.user.password.write(toFile: password, atomically: false, encoding: .utf8)
    environment = try LoginTool.environment(scene.directory)
    said = Said()
  }

  func logIn(with tool: LoginTool, to registry: DockerRegistry, _ options: [String] = []) throws {
    if tool == .docker {
      // Where it has no log-in yet, it looks for a helper to keep them.
      let other = #"{"auths": {"other.example": {"auth": "dTpw"}}}"#
      try FileManager.default.createDirectory(
        atPath: "\(scene.directory)/.docker", withIntermediateDirectories: false)
      try other.write(toFile: "\(scene.directory)/\(tool.file)", atomically: false, encoding: .utf8)
    }
    try tool.run(tool.login(registry, options), environment, stdin: password)
  }

  /// What became of each tag, in the order of their names: the outcome, or the code of the error.
  func check() throws -> [String] {
    let outcome = try run(["check", "--json", "--config", scene.config])
    let results = try #require(try object(outcome.stdout)["results"] as? [[String: Any]], "\(outcome.stderr)")
    return results.sorted { ($0["tag"] as? String ?? "") < ($1["tag"] as? String ?? "") }.map { result in
      (result["error"] as? [String: Any])?["code"] as? String ?? result["outcome"] as? String ?? ""
    }
  }

  /// Of a tag that can be resolved.
  func trace(of image: String) throws -> String {
    let outcome = try run(["resolve", "-v", image, "--config", scene.config])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    return outcome.stderr
  }

  private func run(_ arguments: [String]) throws -> WatcherBinary.Outcome {
    let (out, err) = ("\(scene.directory)/said.out", "\(scene.directory)/said.err")
    for file in [out, err] { unlink(file) }
    let script = "{ \(prepare); } 2>>'\(scene.directory)/prepare.log' && exec \"$0\" \"$@\""
    let words = wrapper + ["sh", "-c", script, WatcherBinary.path] + arguments
    let status = try Child(
      words[0], Array(words.dropFirst()), environment: environment, stdout: out, stderr: err
    ).finish()
    let outcome = WatcherBinary.Outcome(
      status: status, stdout: WatcherBinary.text(out), stderr: WatcherBinary.text(err))
    said.text += outcome.stdout + outcome.stderr
    return outcome
  }

  /// Neither in what it printed nor in what it keeps.
  func expectNoSecret(_ others: [String] = []) {
    let (name, password, _) = DockerRegistry.user
    let pairs = [password, "\(name):\(password)"].map { Data($0.utf8).base64EncodedString() }
    let kept = (try? Data(contentsOf: URL(fileURLWithPath: scene.database))) ?? Data()
    let texts = [said.text, WatcherBinary.text(scene.events), String(decoding: kept, as: UTF8.self)]
    for secret in [password] + pairs + others {
      #expect(!texts.contains { $0.contains(secret) }, "\(secret) is in \(said.text)")
    }
  }
}
