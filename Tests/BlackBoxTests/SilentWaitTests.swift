import Foundation
import Glibc
import TestSupport
import Testing

/// Nothing waits without a word on a terminal, nor for ever.
@Suite struct SilentWaitTests {
  private let registry: FakeRegistry
  private let image: String
  private let scene: Scene

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  /// What a terminal gets to see; the registry takes its time.
  private func onTerminal(_ arguments: String) throws -> String {
    registry.setFault { _ in
      usleep(300_000)
      return nil
    }
    let out = scene.directory + "/terminal"
    let child = try Child(
      "script", ["--quiet", "--return", "--command", "\(WatcherBinary.path) \(arguments)", "/dev/null"],
      environment: ["PATH": "/usr/bin:/bin", "WATCHER_DATABASE": scene.database, "HOME": scene.directory], stdout: out)
    #expect(try child.finish(within: 60) == 0)
    return WatcherBinary.text(out)
  }

  @Test func aSlowRegistryIsWaitedForVisibly() throws {
    defer { registry.stop() }
    let resolved = try onTerminal("resolve \(image)")
    #expect(resolved.hasPrefix("\r\u{1b}[Kasking \(registry.authority)\r\u{1b}[K"), "\(resolved)")
    #expect(try onTerminal("check --config \(scene.config)").hasPrefix("\r\u{1b}[K"))
    // Elsewhere there is nothing of it.
    let plain = try scene.run(["resolve", image])
    #expect(plain.stderr.isEmpty && !plain.stdout.contains("\u{1b}"))
  }

  @Test func aPipeWithoutAWriterIsNotWaitedForForEver() throws {
    defer { registry.stop() }
    let pipe = scene.directory + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let outcome = try scene.run(["config", "check", pipe])
    #expect(outcome.status == 78)
    #expect(outcome.stderr.contains("nothing came from the configuration within 10 s (\(pipe)): "), "\(outcome.stderr)")
  }

  @Test func aPipeWithAWriterIsRead() throws {
    defer { registry.stop() }
    let out = scene.directory + "/checked"
    let child = try Child(
      "bash", ["-c", "\"$0\" config check <(sleep 1; cat \"$1\")", WatcherBinary.path, scene.config], stdout: out)
    #expect(try child.finish(within: 60) == 0)
    #expect(WatcherBinary.text(out).contains(": valid: 1 tag at 1 registry"))
    // Who needs it more than once has it more than once.
    for command in ["check", "status", "sinks list", "db prune"] {
      let line = "\"$0\" \(command) --config <(cat \"$1\")"
      let child = try Child(
        "bash", ["-c", line, WatcherBinary.path, scene.config], environment: ["PATH": "/usr/bin:/bin", "HOME": "/"],
        stdout: out, stderr: out)
      #expect(try child.finish(within: 60) == 0, "\(command): \(WatcherBinary.text(out))")
    }
  }

  /// A web server that knows nothing of images has not said that one is missing.
  @Test func whatIsNoRegistryHasSaidNothingOfTheImage() throws {
    defer { registry.stop() }
    let server = try LoopbackServer { _ in ScriptedResponse(404, body: Array("<h1>Not Found</h1>".utf8)) }
    defer { server.stop() }
    let host = server.origin.replacing("http://", with: "")
    let outcome = try scene.run(["resolve", "\(host)/app:1"])
    #expect(outcome.status == 69 && outcome.stderr.contains("it does not look like a registry's answer"))
    #expect(try scene.run(["resolve", "\(registry.authority)/app:none"]).status == 66)
  }
}
