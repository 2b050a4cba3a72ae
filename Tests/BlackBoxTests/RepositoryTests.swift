import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// Repositories as watch entries, by the commands and the daemon.
@Suite(.timeLimit(.minutes(5))) struct RepositoryTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image = FakeRegistryImage("first")

  init() throws {
    registry = try FakeRegistry()
    scene = try Scene(watch: [])
  }

  private func push(_ tags: String...) { for tag in tags { registry.put(image, in: "team/app", tag: tag) } }

  private func entry(_ settings: [String: Any] = [:]) -> [String: Any] {
    ["repository": "\(registry.authority)/team/app"].merging(settings) { $1 }
  }

  private func watched() -> [String] { (try? scene.sql("SELECT tag FROM tag WHERE watched = 1 ORDER BY tag")) ?? [] }

  private func recorded() -> Int {
    (try? scene.sql("SELECT count(*) FROM snapshot"))?.first.flatMap { Int($0) } ?? 0
  }

  private func lists() -> Int { registry.log.count { $0 == "GET /v2/team/app/tags/list" } }

  private func said(_ message: String) -> [String] {
    WatcherBinary.text(scene.stderr).split(separator: "\n").map(String.init).filter { $0.contains("msg=\(message)") }
  }

  @Test func checkListsFirst() throws {
    push("1.0", "1.1", "1.1-rc1", "latest")
    try scene.configure(watch: [
      entry(["include_tags": ["^\\d"], "exclude_tags": ["rc"]]), "\(registry.authority)/team/app:latest",
    ])
    let report = try scene.json(["check", "--config", scene.config, "--json"])
    #expect(report["checked"] as? Int == 3 && report["first_seen"] as? Int == 3)
    #expect((report["unlisted"] as? [Any])?.isEmpty == true)
    let results = try #require(report["results"] as? [[String: Any]])
    let events = results.compactMap { ($0["events"] as? [[String: Any]])?.first?["data"] as? [String: Any] }
    #expect(events.map { $0["tag"] as? String } == ["latest", "1.0", "1.1"])
    let name = "\(registry.authority)/team/app"
    #expect(events.map { $0["entry"] as? String } == [nil, name, name])
    let status = try scene.json(["status", "--json"])
    let repositories = try #require(status["repositories"] as? [[String: Any]])
    #expect(repositories.map { $0["state"] as? String } == ["ok"])
    #expect(repositories[0]["tags"] as? Int == 2 && repositories[0]["listed"] as? Int == 4)
    #expect(try scene.run(["status"]).stdout.contains("1 repository: 1 ok"))
    #expect(try scene.status("\(name):1.0")["entry"] as? String == name)

    // Without a daemon, too, what no longer is among the first leaves.
    push("2.0")
    try scene.configure(watch: [entry(["include_tags": ["^\\d"], "exclude_tags": ["rc"], "max_tags": 2])])
    _ = try scene.run(["check", "--config", scene.config])
    #expect(watched() == ["1.1", "2.0"])
    try scene.configure(watch: [
      entry(["include_tags": ["^1"], "exclude_tags": ["rc"]]), "\(registry.authority)/team/app:latest",
    ])
    _ = try scene.run(["check", "--config", scene.config])
    registry.setFault { $0.path.hasSuffix("/tags/list") ? ScriptedResponse(500) : nil }
    let failed = try scene.run(["check", "--config", scene.config])
    #expect(failed.status == 2 && failed.stdout.contains("could not be listed"), "\(failed.stdout)")
    #expect(failed.stdout.contains("checked 3 tags"))
    #expect(try scene.run(["status", "--exit-code", "--failing"]).status == 1)
  }

  @Test func aDaemonFollowsTheList() throws {
    push("1.0", "1.1")
    try scene.configure(watch: [entry(["max_tags": 2])])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually(within: 30) { recorded() == 2 })
    #expect(watched() == ["1.0", "1.1"] && said("tags_listed").count == 1)
    push("1.2")
    #expect(eventually(within: 40) { watched() == ["1.1", "1.2"] && recorded() == 3 })
    // The history of the one that left stays.
    #expect(try scene.history("\(registry.authority)/team/app:1.0").count == 1)
    let events = try scene.eventLines().map(object).compactMap { $0["data"] as? [String: Any] }
    #expect(events.allSatisfy { $0["entry"] as? String == "\(registry.authority)/team/app" } && events.count == 3)

    let report = try scene.json(["check", "--json"])
    #expect(report["checked"] as? Int == 2 && report["unchanged"] as? Int == 2)
    registry.setFault { $0.path.hasSuffix("/tags/list") ? ScriptedResponse(403) : nil }
    let failed = try scene.run(["check", "--json"])
    #expect(failed.status == 2)
    let unlisted = try #require(object(failed.stdout)["unlisted"] as? [[String: Any]])
    #expect((unlisted.first?["error"] as? [String: Any])?["code"] as? String == "denied")
    #expect(eventually { said("list_failed").count == 1 })
  }

  @Test func aRestartAsksNothingTwice() throws {
    push("1.0", "1.1")
    try scene.configure(watch: [entry()], interval: "1h")
    let daemon = try scene.daemon()
    #expect(eventually(within: 30) { recorded() == 2 })
    daemon.terminate()
    let before = registry.requests.count
    let next = try scene.daemon()
    defer { next.terminate() }
    #expect(eventually { said("started").count == 2 || said("started").contains { $0.contains("tags=2") } })
    let report = try scene.json(["check", "\(registry.authority)/team/app:1.0", "--json"])
    #expect(report["unchanged"] as? Int == 1)
    #expect(registry.requests.count == before + 1, "the one that was asked for")
  }

  @Test func aReloadAddsChangesAndRemovesARepository() throws {
    push("1.0", "1.1", "edge")
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { !said("started").isEmpty })
    for (entry, expected) in [
      (entry(), ["1.0", "1.1", "edge"]), (entry(["include_tags": ["^1"]]), ["1.0", "1.1"]),
      (entry(["include_tags": ["e$"]]), ["edge"]),
    ] {
      try scene.configure(watch: [entry], interval: "1h")
      kill(daemon.pid, SIGHUP)
      #expect(eventually(within: 30) { watched() == expected }, "\(entry)")
      // What has left before its first poll has ended is not recorded.
      #expect(eventually(within: 30) { recorded() == 3 }, "\(entry)")
    }
    try scene.configure(watch: [], interval: "1h")
    kill(daemon.pid, SIGHUP)
    #expect(eventually { watched().isEmpty })
    #expect(try scene.sql("SELECT count(*) FROM repository") == ["0"])
    #expect(lists() == 3)
  }

  @Test(.enabled(if: DockerRegistry.program != nil, "docker-registry is not installed"))
  func aRealRegistryIsListed() throws {
    let real = try DockerRegistry()
    for tag in ["1.0", "1.1", "1.2", "latest"] { try real.push(image, to: "team/app", tag: tag) }
    try scene.configure(watch: [["repository": "\(real.authority)/team/app", "max_tags": 2]])
    let report = try scene.json(["check", "--config", scene.config, "--json"])
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.compactMap { ($0["tag"] as? String)?.suffix(3) } == ["1.1", "1.2"])
    try scene.configure(watch: [["repository": "\(real.authority)/team/other"]])
    let missing = try scene.run(["check", "--config", scene.config])
    #expect(missing.status == 2 && missing.stdout.contains("repository_missing"), "\(missing.stdout)")
  }

  /// Five repositories with twenty thousand tags each, within the rate and in little memory.
  @Test func manyTagsAreListedWithinTheRateAndInLittleMemory() throws {
    let (repositories, tags, rate) = (
      5, 20_000, Int(getenv("WATCHER_TEST_RATE").map { String(cString: $0) } ?? "") ?? 20
    )
    for repository in 0..<repositories {
      registry.put(image, in: "team/app\(repository)")
      for tag in 0..<tags {
        registry.move(tag: "\(tag / 100).\(tag % 100)-build", of: "team/app\(repository)", to: image.index.digest)
      }
    }
    try scene.configure(
      watch: (0..<repositories).map { repository -> [String: Any] in
        ["repository": "\(registry.authority)/team/app\(repository)", "include_tags": ["^\\d+\\.\\d+-build$"]]
      }, interval: "15m")
    var document = try object(WatcherBinary.text(scene.config))
    document["registries"] = [registry.authority: ["requests_per_second": rate, "max_concurrency": 4]]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
    let began = ContinuousClock.now
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually(within: 250) { recorded() == repositories * 50 })
    let took = ContinuousClock.now - began
    let memory =
      WatcherBinary.text("/proc/\(daemon.pid)/status").split(separator: "\n")
      .first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").compactMap { Int($0) }.first ?? .max
    let requests = registry.requests.count
    print("\(requests) requests in \(took), at most \(memory / 1024) MiB")
    #expect(requests >= repositories * (tags / 1_000 + 50))
    #expect(Double(requests) <= Double(rate) * (took / .seconds(1) + 1), "the rate is kept")
    #expect(memory < 128 * 1_024)
    #expect(watched().count == repositories * 50)
  }
}
