import Foundation
import Glibc
import TestSupport
import Testing

/// Relative paths in a configuration mean the same file to every command, wherever it is started.
@Suite struct RelativePathTests {
  /// What `config show` prints means the same wherever it is put.
  @Test func whatIsShownCanBeUsedAnywhere() throws {
    let scene = try Scene(watch: [])
    try FileManager.default.createDirectory(atPath: scene.directory + "/sub/db", withIntermediateDirectories: true)
    try scene.put([
      "sub/token": "t\n",
      "sub/c.json": #"""
      {"database": "db/w.db", "watch": ["r.example/a:1"], "registries": {"r.example": {"token_file": "token"}}}
      """#,
    ])
    let script = """
      cd "$1" && "$0" config show sub/c.json >sub/db/out.json && cd / && "$0" config check "$1/sub/db/out.json"
      """
    let child = try Child(
      "sh", ["-c", script, WatcherBinary.path, scene.directory],
      environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory], stdout: scene.stdout, stderr: scene.stderr)
    #expect(try child.finish() == 0, "\(WatcherBinary.text(scene.stderr))")
    let shown = WatcherBinary.text("\(scene.directory)/sub/db/out.json")
    #expect(shown.contains("\"\(scene.directory)/sub/token\"") && shown.contains("\"\(scene.directory)/sub/db/w.db\""))
  }

  @Test func theDatabaseIsBesideTheConfiguration() throws {
    let scene = try Scene(watch: [])
    let registry = try FakeRegistry(door: .basic(username: "u", password: "p"))
    defer { registry.stop() }
    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    let image = "\(registry.authority)/app:stable"
    let document: [String: Any] = [
      "database": "data/own.db", "watch": [image],
      "registries": [registry.authority: ["username": "u", "password_file": "password"]],
    ]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
    try FileManager.default.createDirectory(atPath: scene.directory + "/data", withIntermediateDirectories: false)
    try Data("p\n".utf8).write(to: URL(fileURLWithPath: scene.directory + "/password"))

    for command in [["config", "check"], ["check"]] {
      let outcome = try scene.binary.run(command + ["--config", scene.config])
      #expect(outcome.status == 0, "\(command): \(outcome.stderr)")
    }
    #expect(access("\(scene.directory)/data/own.db", F_OK) == 0)
    let log = scene.stderr
    let daemon = try Child(
      "sh", ["-c", "cd \"$1\" && exec \"$0\" run --config config.json", WatcherBinary.path, scene.directory],
      environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory], stdout: scene.stdout, stderr: log)
    #expect(eventually { WatcherBinary.text(log).contains(" config=\(scene.config) ") }, "\(WatcherBinary.text(log))")
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    let status = try scene.binary.run(["history", image, "--config", scene.config])
    #expect(status.status == 0, "\(status.stderr)")
  }
}
