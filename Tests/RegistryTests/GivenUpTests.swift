import Credentials
import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Registry

/// Polls that are ended while they wait for others: the daemon stops at once.
@Suite(.timeLimit(.minutes(1))) struct GivenUpTests {
  private final class Counter: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func count() { state.withLock { $0 += 1 } }
  }

  private func wait(until isSo: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while !isSo(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    #expect(isSo())
  }

  @Test func whoWaitsForATokenIsLetGo() async throws {
    let harness = try Harness(door: .anonymousToken)
    harness.registry.setFault { $0.path == "/token" ? ScriptedResponse(200, behaviour: .hang) : nil }
    let waiting = (0..<3).map { _ in Task { await harness.failure() } }
    try await wait { harness.registry.log.count { $0.hasPrefix("HEAD") } == 3 && harness.count("GET /token") == 1 }
    let cancelled = ContinuousClock.now
    for task in waiting { task.cancel() }
    for task in waiting { #expect(await task.value?.code == .network) }
    #expect(ContinuousClock.now - cancelled < .seconds(5))
    #expect(harness.count("GET /token") == 1)
  }

  @Test func whoWaitsForALogInToBeTriedIsLetGo() async throws {
    let gate = LoginGate()
    let login = LoginGate.Key(origin: "https://r.example", login: .basic(.init(username: "u", password: "p")))
    let (answers, answer) = AsyncStream<Void>.makeStream()
    let (entries, entry) = AsyncStream<Void>.makeStream()
    let first = Task {
      try await gate.attempt(login, now: { .distantPast }) { () throws(CheckFailure) in
        entry.finish()
        for await _ in answers {}
        return ((), .accepted)
      }
    }
    for await _ in entries {}
    let (begun, ended) = (Counter(), Counter())
    let waiting = (0..<100).map { _ in
      Task {
        begun.count()
        await #expect(throws: CheckFailure.self) {
          try await gate.attempt(login, now: { .distantPast }) { () throws(CheckFailure) in ((), .unknown) }
        }
        ended.count()
      }
    }
    try await wait { begun.value == 100 }
    #expect(await gate.isAccepted(login) == false)
    for task in waiting { task.cancel() }
    try await wait { ended.value == 100 }
    answer.finish()
    try await first.value
    #expect(await gate.isAccepted(login))
  }
}
