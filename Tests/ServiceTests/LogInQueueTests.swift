import Synchronization
import Testing

@testable import Service

/// Guessing is slow, whoever guesses, and nobody who knows the password waits for long.
@Suite(.timeLimit(.minutes(1))) struct LogInQueueTests {
  /// Pauses that last until the test ends them, or whoever pauses is cancelled.
  private final class Pauses: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    var count: Int { waiting.withLock { $0.count } }

    @Sendable func wait() async {
      await withTaskCancellationHandler {
        await withCheckedContinuation { pause in waiting.withLock { $0.append(pause) } }
      } onCancel: {
        endOne()
      }
    }

    func endOne() { waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }?.resume() }
  }

  /// What was looked at.
  private final class Looked: Sendable {
    private let list = Mutex<[String]>([])

    var names: [String] { list.withLock { $0 } }

    func add(_ name: String) { list.withLock { $0.append(name) } }
  }

  private let pauses = Pauses()
  private let looked = Looked()
  private let queue: LogInQueue

  init() { queue = LogInQueue(pause: pauses.wait) }

  private func guess(_ name: String, from peer: String, isRight: Bool = false) -> Task<Bool?, Never> {
    Task { [looked, queue] in
      await queue.admit(from: peer) {
        looked.add(name)
        return isRight
      }
    }
  }

  private var names: [String] { looked.names }

  /// - Returns: those that hold all places, and those that wait, in their order.
  private func crowd(waiting peers: [String]) async -> (held: [Task<Bool?, Never>], waiting: [Task<Bool?, Never>]) {
    let held = (0..<4).map { guess("held \($0)", from: "a") }
    #expect(await eventually { pauses.count == 4 })
    var waiting: [Task<Bool?, Never>] = []
    for (index, peer) in peers.enumerated() {
      waiting.append(guess("waiting \(index)", from: peer))
      #expect(await eventually { await queue.waiters.count == index + 1 })
    }
    return (held, waiting)
  }

  private func end(_ tasks: [Task<Bool?, Never>]) async {
    let isDone = Looked()
    Task {
      for task in tasks { _ = await task.value }
      isDone.add("all")
    }
    #expect(
      await eventually {
        pauses.endOne()
        return !isDone.names.isEmpty
      })
  }

  @Test func whatIsRightWaitsForNothingWhereNobodyGuesses() async {
    for index in 0..<50 { #expect(await guess("\(index)", from: "a", isRight: true).value == true) }
    let wrong = (0..<3).map { guess("wrong \($0)", from: "a") }
    #expect(await eventually { pauses.count == 3 })
    #expect(await guess("right", from: "a", isRight: true).value == true)
    await end(wrong)
  }

  @Test func fourAreLookedAtInEachPause() async {
    let (held, waiting) = await crowd(waiting: Array(repeating: "a", count: 8))
    #expect(names.count == 4)
    for count in 1...8 {
      pauses.endOne()
      #expect(await eventually { names.count == 4 + count && pauses.count == 4 })
    }
    #expect(names.suffix(8) == (0..<8).map { "waiting \($0)" })
    await end(held + waiting)
    for task in held + waiting { #expect(await task.value == false) }
  }

  /// Nobody's place depends on whether the answer is still waited for.
  @Test func goingAwayFreesNoPlace() async {
    let (held, waiting) = await crowd(waiting: ["a"])
    for task in held { task.cancel() }
    let right = guess("right", from: "b", isRight: true)
    #expect(await eventually { await queue.waiters.count == 2 })
    #expect(names.count == 4)
    await end(held + waiting)
    #expect(await right.value == true)
  }

  @Test func oneTooManyOfTheSameAddressIsTurnedAway() async {
    let (held, waiting) = await crowd(waiting: Array(repeating: "a", count: 8))
    #expect(await guess("ninth", from: "a").value == nil)
    let right = guess("right", from: "b", isRight: true)
    #expect(await waiting[7].value == nil, "the newest of the address that waits most often")
    // Everybody before it had a turn: with the second pause it has its own.
    for _ in 0..<8 {
      let before = pauses.count
      pauses.endOne()
      #expect(await eventually { pauses.count == before || names.contains("right") })
    }
    #expect(await right.value == true)
    await end(held + waiting)
    #expect(!names.contains("ninth") && !names.contains("waiting 7"))
  }

  @Test func whoComesLastIsTurnedAwayWhereAllWaitAsOften() async {
    let (held, waiting) = await crowd(waiting: (0..<8).map { "\($0)" })
    #expect(await guess("ninth", from: "x").value == nil)
    await end(held + waiting)
    #expect(names.count == 12)
  }

  /// Strangers may come from as many addresses as they like.
  @Test func whoHasShownThePasswordDoesNotWaitAmongStrangers() async {
    let logIns = LogIns(pause: pauses.wait)
    func guess(from peer: String, isRight: Bool = false) -> Task<Bool?, Never> {
      Task { await logIns.admit(from: peer) { isRight } }
    }
    #expect(await guess(from: "2001:db8::7", isRight: true).value == true)
    let strangers = (0..<40).map { guess(from: "192.0.2.\($0)") }
    #expect(await eventually { pauses.count == 4 })
    for _ in 0..<10 { #expect(await guess(from: "2001:db8::7", isRight: true).value == true) }
    // Whoever has an address there has them all.
    #expect(await guess(from: "2001:db8::ffff", isRight: true).value == true)
    await end(strangers)
    let turnedAway = await withTaskGroup(of: Bool?.self) { group in
      for task in strangers { group.addTask { await task.value } }
      return await group.reduce(into: 0) { $0 += $1 == nil ? 1 : 0 }
    }
    #expect(turnedAway == 28)
    #expect(await guess(from: "192.0.2.1", isRight: true).value == true)
  }

  /// An IPv6 address is one of as many as anybody likes.
  @Test func oneNetworkIsOneAddress() async {
    let logIns = LogIns(pause: pauses.wait)
    let turnedAway = Looked()
    func guess(from peer: String, isRight: Bool = false) -> Task<Bool?, Never> {
      Task {
        let answer = await logIns.admit(from: peer) { isRight }
        if answer == nil { turnedAway.add(peer) }
        return answer
      }
    }
    let guesses = (0..<20).map { guess(from: "2001:db8::\($0)") }
    #expect(await eventually { turnedAway.names.count == 8 })
    let right = guess(from: "192.0.2.7", isRight: true)
    await end(guesses + [right])
    #expect(await right.value == true)
  }
}
