import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A registry that asks to be left alone, as `status` tells of it.
@Suite(.timeLimit(.minutes(2))) struct RegistryRestTests {
  @Test func untilWhenItRestsIsTold() throws {
    let isBusy = Mutex(true)
    let registry = try LoopbackServer { _ in
      isBusy.withLock { $0 } ? ScriptedResponse(429, headers: [("Retry-After", "3600")]) : ScriptedResponse(500)
    }
    defer { registry.stop() }
    let authority = String(registry.origin.dropFirst("http://".count))
    let scene = try Scene(watch: ["\(authority)/app:one", "\(authority)/app:two"])
    let daemon = try scene.daemon()
    let words = "\n\(authority) asked for a rest: none of its tags is checked before "
    #expect(try eventually(within: 40) { try scene.run(["status"]).stdout.contains(words) })
    daemon.signal(SIGKILL)
    #expect(try daemon.finish() == 128 + SIGKILL)
    #expect(try !scene.run(["status"]).stdout.contains(words), "nobody asks it now")

    // Another daemon knows nothing of what was asked of the one before.
    isBusy.withLock { $0 = false }
    unlink(scene.stderr)
    let next = try scene.daemon()
    defer { next.terminate() }
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=started") })
    #expect(try !scene.run(["status"]).stdout.contains(words))
  }
}
