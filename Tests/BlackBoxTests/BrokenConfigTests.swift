import Foundation
import Glibc
import TestSupport
import Testing

/// Two hundred ways to break a configuration: each is told with its place, at the start and when it is sent to a daemon
/// that runs, which goes on with the one from before.
@Suite struct BrokenConfigTests {
  @Test func eachIsRefusedWithItsPlaceAndADaemonKeepsTheOld() throws {
    let (registry, image, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    let sound = WatcherBinary.text(scene.config)

    let broken = Self.broken(image: image, directory: scene.directory)
    #expect(broken.count >= 200)
    for (index, text) in broken.enumerated() {
      try text.write(toFile: scene.config, atomically: true, encoding: .utf8)
      let outcome = try scene.binary.run(["config", "check", "--config", scene.config])
      #expect(outcome.status == 78, "\(text)")
      let place = outcome.stderr.split(separator: "\n").first.map(String.init) ?? ""
      #expect(place.hasPrefix("\(scene.config):"), "\(place)")
      #expect(place.dropFirst(scene.config.count).prefix { $0 != " " }.split(separator: ":").count == 2, "\(place)")
      let start = try scene.binary.run(["run", "--config", scene.config, "--database", scene.directory + "/other.db"])
      #expect(start.status == 78 && start.stderr == outcome.stderr, "\(text)")
      kill(daemon.pid, SIGHUP)
      #expect(eventually { Self.failures(scene) > index }, "\(text)")
      #expect(try Self.isLastReloadGood(port) == false)
    }
    #expect(Self.failures(scene) == broken.count)
    #expect(
      try scene.binary.run(["health", "--database", scene.database]).stdout.hasSuffix(
        "; the last reload failed, see the log\n"))
    #expect(!WatcherBinary.text(scene.stderr).contains("msg=reloaded"))

    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually { scene.eventLines().count == 2 }, "polling has gone on with the old one")
    try sound.write(toFile: scene.config, atomically: true, encoding: .utf8)
    kill(daemon.pid, SIGHUP)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=reloaded") })
    #expect(try Self.isLastReloadGood(port) == true)
    #expect(try scene.run(["health"]).stdout.hasSuffix(" waiting\n"))
  }

  private static func isLastReloadGood(_ port: Int) throws -> Bool? {
    let page = try #require(try TCPClient.get("/metrics", port: port))
    if page.contains("\nwatcher_config_last_reload_successful 1\n") { return true }
    return page.contains("\nwatcher_config_last_reload_successful 0\n") ? false : nil
  }

  private static func failures(_ scene: Scene) -> Int {
    WatcherBinary.text(scene.stderr).components(separatedBy: "msg=reload_failed").count - 1
  }

  private static func broken(image: String, directory: String) -> [String] {
    let members: [(path: [String], value: String)] = [
      (["database"], "\"\(directory)/watcher.db\""),
      (["defaults", "interval"], "\"10s\""), (["defaults", "platforms"], "[\"linux/amd64\"]"),
      (["defaults", "unreachable_after"], "\"1h\""), (["defaults", "platform_match"], "\"strict\""),
      (["watch"], "[\"\(image)\"]"),
      (["registries", "r.example", "username"], "\"u\""), (["registries", "r.example", "password_file"], "\"/p\""),
      (["registries", "r.example", "scheme"], "\"https\""), (["registries", "r.example", "max_concurrency"], "4"),
      (["registries", "r.example", "requests_per_second"], "5"),
      (["registries", "r.example", "trusted_realms"], "[\"auth.example\"]"),
      (["registries", "r.example", "allow_plain_credentials"], "false"),
      (["sinks", "hook", "type"], "\"webhook\""), (["sinks", "hook", "url"], "\"https://h.example/\""),
      (["sinks", "hook", "timeout"], "\"15s\""), (["sinks", "hook", "max_in_flight"], "4"),
      (["sinks", "hook", "network"], "\"any\""), (["sinks", "hook", "events"], "[\"*\"]"),
      (["sinks", "hook", "group"], "\"30s\""), (["sinks", "hook", "retry_schedule"], "[\"0s\"]"),
      (["sinks", "hook", "headers"], "{\"A\": \"b\"}"),
      (["log", "level"], "\"info\""), (["log", "format"], "\"json\""), (["retention", "deliveries"], "\"30d\""),
    ]
    let wrong = ["{}", "1e400", "\"\"", "[null]", "-1", "\"\\u0000\""]
    var texts: [String] = []
    for index in members.indices {
      func with(_ change: (inout [(path: [String], value: String)]) -> Void) -> String {
        var changed = members
        change(&changed)
        return document(changed)
      }
      for value in wrong where !(members[index].value.hasPrefix("{") && value == "{}") {
        texts.append(with { $0[index].value = value })
      }
      texts.append(with { $0[index].path[$0[index].path.count - 1] += "x" })
      texts.append(with { $0.insert($0[index], at: index) })
    }
    let whole = document(members)
    texts += stride(from: 1, to: whole.count - 2, by: 31).map { String(whole.prefix($0)) }
    return texts
  }

  /// Members that begin with the same keys stand together.
  private static func document(_ members: [(path: [String], value: String)], depth: Int = 0) -> String {
    var lines: [String] = []
    var rest = members[...]
    while let first = rest.first {
      if first.path.count == depth + 1 {
        lines.append("\"\(first.path[depth])\": \(first.value)")
        rest = rest.dropFirst()
      } else {
        let group = rest.prefix { $0.path.count > depth + 1 && $0.path[depth] == first.path[depth] }
        lines.append("\"\(first.path[depth])\": \(document(Array(group), depth: depth + 1))")
        rest = rest.dropFirst(group.count)
      }
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}"
  }
}
