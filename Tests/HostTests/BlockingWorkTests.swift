import Dispatch
import Host
import Testing

/// What may hang is waited for as long as is said, and no longer.
@Suite(.timeLimit(.minutes(1))) struct BlockingWorkTests {
  private struct Failure: Error {}

  @Test func whatEndsInTimeSaysWhatItCameTo() async throws {
    #expect(try await blocking(within: 60) { 7 } == 7)
    #expect(try await (0..<100).looked(within: 60) { $0 * 2 }.map { try $0.get() } == (0..<100).map { $0 * 2 })
    await #expect(throws: Failure.self) { try await blocking(within: 60) { throw Failure() } }
  }

  @Test func whatHangsIsLeftToItself() async throws {
    let (gate, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let failure = await #expect(throws: NoAnswer.self) {
      try await blocking(within: 0) {
        gate.wait()
        ended.signal()
      }
    }
    #expect(failure.map { "\($0)" } == "does not answer within 0 s")
    let looks = await [1, 2, 3].looked(within: 0) { number in
      if number == 2 { gate.wait() }
      return number
    }
    // The deadline is so short that the others may have missed it as well.
    #expect(looks.count == 3 && (try? looks[1].get()) == nil)
    gate.signal()
    gate.signal()
    #expect(
      try await blocking(within: 60) { ended.wait(timeout: .now() + 60) } == .success, "what comes later is dropped")
  }
}
