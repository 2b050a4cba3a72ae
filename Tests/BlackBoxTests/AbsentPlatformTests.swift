import Foundation
import Glibc
import TestSupport
import Testing

/// A tag of which nothing of what was asked for is watched, because none of those platforms is there.
@Suite struct AbsentPlatformTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  private var log: String { WatcherBinary.text(scene.stderr) }

  private func watch(_ platforms: [String]) throws {
    try scene.configure(watch: [["image": image, "platforms": platforms]])
  }

  private func warnings() -> [Substring] { log.split(separator: "\n").filter { $0.contains(" msg=no_platform ") } }

  @Test func itIsToldAtTheFirstLook() throws {
    defer { registry.stop() }
    try watch(["linux/arm/v7"])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { log.contains("msg=first_pass") }, "\(log)")
    let first = try #require(log.split(separator: "\n").first { $0.contains("msg=first_pass") })
    #expect(first.contains("1 has none of its platforms: watcher status --failing"), "\(first)")
    let told = try #require(warnings().first)
    #expect(told.contains("level=warning") && told.contains("tag=\(image)") && told.contains("wanted=linux/arm/v7"))
    #expect(told.contains(#"there="linux/amd64, linux/arm64""#), "\(told)")
    for options in [[], ["--failing"]] {
      let status = try scene.run(["status", "--exit-code"] + options)
      #expect(status.status == 1)
      #expect(status.stdout.contains("1 tag: 1 no platform\n"), "\(status.stdout)")
      #expect(status.stdout.contains("none of its platforms is there: linux/arm/v7\n"), "\(status.stdout)")
    }
    #expect(try scene.status(image)["state"] as? String == "ok")
    // Another index without it is not news.
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually { (try? scene.history(image, ["--all"]).count) == 2 })
    #expect(warnings().count == 1, "\(log)")
  }

  @Test func itIsToldAfterAReload() throws {
    defer { registry.stop() }
    try watch(["linux/amd64"])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { log.contains("msg=first_pass") }, "\(log)")
    #expect(warnings().isEmpty && !log.contains("none of its platforms"))
    try watch(["linux/s390x"])
    daemon.signal(SIGHUP)
    #expect(eventually { warnings().first?.contains("wanted=linux/s390x") == true }, "\(log)")
    #expect(try scene.run(["status", "--exit-code"]).status == 1)
    try watch(["linux/arm64"])
    daemon.signal(SIGHUP)
    #expect(try eventually { try scene.run(["status", "--exit-code"]).status == 0 })
    #expect(warnings().count == 1)
  }
}
