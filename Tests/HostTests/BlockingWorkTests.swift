import Dispatch
import Host
import Testing

/// What may hang is waited for as long as is said, and no longer.
@Suite(.timeLimit(.minutes(1))) struct BlockingWorkTests {
  private struct Failure: Error {}

  @Test func whatEndsInTimeSaysWhatItCameTo() async throws {
    #expect(try await blocking(within: 60) { 7 } == 7)
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
    #expect(failure.map { "\($0)" } == "it does not answer within 0 s")
    gate.signal()
    #expect(
      try await blocking(within: 60) { ended.wait(timeout: .now() + 60) } == .success, "what comes later is dropped")
  }
}
