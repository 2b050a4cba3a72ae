import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Transport

@Suite("idle handles")
struct IdlePoolTests {
  @Test("the latest is used again, and what nobody needed between two looks is given up")
  func retires() {
    var pool = IdlePool<Int>(limit: 8)
    #expect(pool.take() == nil)
    (0..<10).forEach { pool.put($0) }
    #expect(pool.count == 8)
    pool.retire()
    #expect(pool.count == 8)
    // Three at a time are needed now.
    for _ in 0..<20 { (0..<3).map { _ in pool.take() }.forEach { if let item = $0 { pool.put(item) } } }
    pool.retire()
    #expect(pool.count == 3)
    pool.retire()
    #expect(pool.count == 0)
  }

  @Test("nobody gives up what is in use all the time")
  func keeps() {
    var pool = IdlePool<Int>(limit: 8)
    (0..<8).forEach { pool.put($0) }
    for _ in 0..<10 {
      pool.retire()
      let taken = (0..<8).compactMap { _ in pool.take() }
      #expect(taken.count == 8)
      taken.forEach { pool.put($0) }
    }
  }

  /// After the burst one request at a time is made; the burst's handles go while requests are made, and the last one
  /// when none are.
  @Test("handles of a burst do not stay", arguments: [true, false])
  func afterABurst(isBusy: Bool) async throws {
    let burst = 40
    let arrived = Atomic<Int>(0)
    let server = try LoopbackServer { request in
      guard request.path == "/burst" else { return ScriptedResponse(200) }
      arrived.add(1, ordering: .relaxed)
      // Nobody is answered before all are there.
      while arrived.load(ordering: .relaxed) < burst { usleep(1_000) }
      return ScriptedResponse(200)
    }
    defer { server.stop() }
    var settings = ClientSettings()
    settings.idleMilliseconds = 20
    let inbox = Inbox()
    let left = Atomic<Int>(-1)
    let thread = try JoinableThread { [settings] in
      guard let loop = CurlLoop(inbox: inbox, settings: settings) else { return inbox.close() }
      loop.run()
      left.store(loop.idleCount, ordering: .sequentiallyConsistent)
    }
    let origin = try #require(Origin(url: server.origin))
    func send(_ id: UInt64, _ path: String) async -> TransferResult {
      await withCheckedContinuation { continuation in
        let shared = SharedRequest(request(server.origin + path))
        _ = inbox.submit(
          Inbox.Submission(
            id: id, request: shared, origin: origin, material: .success(TLSMaterial()), waiter: .task(continuation)))
      }
    }
    await withTaskGroup(of: Void.self) { group in
      for id in 0..<burst { group.addTask { _ = await send(UInt64(id), "/burst") } }
    }
    // Three looks: the first may be in the middle of the burst.
    for id in 0..<(isBusy ? 8 : 2) {
      try await Task.sleep(for: .milliseconds(isBusy ? 10 : 60))
      _ = try await send(UInt64(1_000 + id), "/").get()
    }
    inbox.close()
    thread.join()
    #expect((0...1).contains(left.load(ordering: .sequentiallyConsistent)))
  }
}
