import Foundation
import Synchronization
import TestSupport
import Testing

/// A webhook sink whose receiver is slow with the events of one tag.
@Suite(.timeLimit(.minutes(5))) struct WebhookConcurrencyTests {
  /// What was recorded later of another tag arrives and is written down, while the first is still under way.
  @Test func aSlowTagHoldsUpNoOther() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    for app in ["slow", "quick"] { registry.put(FakeRegistryImage("first"), in: app, tag: "stable") }
    let receiver = try LoopbackServer { request in
      let isSlow = String(decoding: request.body, as: UTF8.self).contains("/slow:stable")
      return ScriptedResponse(200, behaviour: isSlow ? .hang : .normal)
    }
    defer { receiver.stop() }
    let scene = try Scene(
      watch: ["slow", "quick"].map { "\(registry.authority)/\($0):stable" },
      sinks: ["hook": Scene.webhook(to: receiver.origin, ["timeout": "60s"])])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.sql("SELECT count(*) FROM snapshot")) == ["2"] })
    registry.put(FakeRegistryImage("second"), in: "slow", tag: "stable")
    #expect(eventually(within: 30) { receiver.requests.count == 1 })
    registry.put(FakeRegistryImage("second"), in: "quick", tag: "stable")
    #expect(
      try eventually(within: 30) {
        try scene.sql("SELECT state FROM delivery WHERE sink = 'hook' ORDER BY event_sequence")
          == ["waiting", "delivered"]
      })
    #expect(receiver.requests.count == 2)
  }
}
