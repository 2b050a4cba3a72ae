import Foundation
import TestSupport
import Testing

/// A registry that asks to be left alone, as `status` tells of it.
@Suite(.timeLimit(.minutes(2))) struct RegistryRestTests {
  @Test func untilWhenItRestsIsTold() throws {
    let registry = try LoopbackServer { _ in ScriptedResponse(429, headers: [("Retry-After", "3600")]) }
    defer { registry.stop() }
    let authority = String(registry.origin.dropFirst("http://".count))
    let scene = try Scene(watch: ["\(authority)/app:one", "\(authority)/app:two"])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=started") })
    let words = "\n\(authority) asked for a rest: none of its tags is checked before "
    #expect(try eventually(within: 40) { try scene.run(["status"]).stdout.contains(words) })
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    #expect(try !scene.run(["status"]).stdout.contains(words), "nobody asks it now")
  }
}
