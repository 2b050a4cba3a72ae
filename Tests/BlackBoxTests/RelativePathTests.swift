import Foundation
import Glibc
import TestSupport
import Testing

/// Relative paths in a configuration mean the same file to every command, wherever it is started.
@Suite struct RelativePathTests {
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
