import Foundation
import Glibc
import TestSupport
import Testing

/// From a push by `skopeo` to Debian's `docker-registry`, which notifies the daemon, to the event in a file. The daemon's
/// interval is an hour. 20 pushes; 200 with WATCHER_LONG_TESTS=1.
@Suite(.timeLimit(.minutes(10))) struct RealHintTests {
  private static let secret = "canary-of-hints-77aa"

  @Test(
    .enabled(
      if: DockerRegistry.program != nil && access("/usr/bin/skopeo", X_OK) == 0,
      "docker-registry or skopeo is not installed"))
  func aPushIsToldInSeconds() throws {
    let count = ProcessInfo.processInfo.environment["WATCHER_LONG_TESTS"] != nil ? 200 : 20
    let scene = try Scene(watch: [], interval: "1h")
    let port = try freePort()
    let registry = try DockerRegistry(hints: ("http://127.0.0.1:\(port)/hints/distribution", Self.secret))
    let tags = (0..<count).map { "\(registry.authority)/team/app:t\($0)" }
    try Self.secret.write(toFile: scene.directory + "/secret", atomically: true, encoding: .utf8)
    let http: [String: Any] = [
      "listen": "127.0.0.1:\(port)", "hints": ["secret_file": scene.directory + "/secret"],
    ]
    try scene.set("http", http)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    // What is hinted at and not watched costs nothing, and is not looked at again.
    for index in 0..<count { try registry.push("first \(index)", format: "oci", to: "team/app", tag: "t\(index)") }
    func hints(_ result: String) -> Int {
      let series = "watcher_hints_total{source=\"distribution\",result=\"\(result)\"} "
      let page = (try? TCPClient.get("/metrics", port: port)) ?? ""
      return page.split(separator: "\n").first { $0.hasPrefix(series) }.flatMap { Int($0.dropFirst(series.count)) }
        ?? 0
    }
    // The layer and the config of each, and its tag.
    try #require(eventually { hints("unwatched") >= 3 * count })
    try scene.configure(watch: tags, interval: "1h")
    try scene.set("http", http)
    daemon.signal(SIGHUP)
    try #require(eventually(within: 60) { scene.eventLines().count == count })

    var pushes: [Double] = []
    var waits: [Double] = []
    for index in 0..<count {
      let began = Date()
      try registry.push("second \(index)", format: "oci", to: "team/app", tag: "t\(index)")
      let pushed = Date()
      try #require(
        eventually(within: 20) { scene.eventLines().count == count + index + 1 },
        "push \(index): \(hints("watched")) watched, \(WatcherBinary.text(scene.stderr))")
      waits.append(Date().timeIntervalSince(began))
      pushes.append(pushed.timeIntervalSince(began))
    }
    let changes = scene.eventLines().dropFirst(count)
    #expect(changes.allSatisfy { $0.contains("watcher.image.changed") })
    #expect(hints("watched") >= count && hints("unauthorized") == 0)
    func at(_ part: Double, _ times: [Double]) -> Int {
      Int(times.sorted()[Int(part * Double(times.count - 1))] * 1_000)
    }
    print(
      "\(count) pushes: from the start of skopeo to the event \(at(0.5, waits)) ms (p50), \(at(0.99, waits)) ms (p99), "
        + "\(at(1, waits)) ms (most); skopeo itself \(at(0.5, pushes)) ms, \(at(0.99, pushes)) ms")
    #expect(at(0.99, waits) < 2_000 + at(0.99, pushes))
  }
}
