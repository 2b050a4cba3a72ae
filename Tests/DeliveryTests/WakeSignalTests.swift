import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(1))) struct WakeSignalTests {
  @Test func setBeforeTheWait() async {
    let signal = WakeSignal()
    for _ in 1...3 { signal.set() }
    await signal.wait()
    #expect(await returnsOnlyWhenSet(signal), "three settings counted as more than one")
  }

  @Test func setDuringTheWait() async {
    let signal = WakeSignal()
    #expect(await returnsOnlyWhenSet(signal))
    #expect(await returnsOnlyWhenSet(signal), "the flag stayed up after a wait")
  }

  @Test func cancelled() async {
    let task = Task { await WakeSignal().wait() }
    task.cancel()
    await task.value
  }

  private func returnsOnlyWhenSet(_ signal: WakeSignal) async -> Bool {
    let order = Log<String>()
    let waiting = Task {
      await signal.wait()
      order.append("returned")
    }
    for _ in 1...100 { await Task.yield() }
    order.append("set")
    signal.set()
    await waiting.value
    return order.all == ["set", "returned"]
  }
}
