import Foundation
import History
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Polling
@testable import Service

/// systemd is told that the service works only when both of its owners have just answered.
@Suite struct HeartbeatTests {
  enum Part: CaseIterable {
    case engine, writer
  }

  private let receiver: NotifyReceiver
  private let notifier: ServiceNotifier

  init() throws {
    receiver = try NotifyReceiver(.abstract("watcher-test.\(UUID().uuidString)"))
    notifier = ServiceNotifier(
      environment: ["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "20000"], log: Logger(label: "x"))
  }

  @Test(arguments: [
    (1, 0, 1, "watching 1 tag, 0 failing, 1 delivery waiting"),
    (120, 2, 3, "watching 120 tags, 2 failing, 3 deliveries waiting"),
    (0, 0, 10_000, "watching 0 tags, 0 failing, 10000+ deliveries waiting"),
    (0, 0, nil, "watching 0 tags, 0 failing"),
  ])
  func theStatusIsOneShortLine(tags: Int, failing: Int, waiting: Int?, line: String) async {
    var unwell = TagCounts()
    unwell[.failing] = failing
    let heartbeat = Heartbeat(
      notifier: notifier, engine: { [unwell] in .init(tags: tags, unwell: unwell) },
      writer: { waiting.map { .init(waiting: $0) } })
    #expect(await heartbeat.status() == line)
  }

  /// In the words of `status`.
  @Test func tagsAreToldByTheirStates() async {
    var unwell = TagCounts()
    for (state, count) in [(.failing, 2), (.unreachable, 3), (.deleted, 1)] as [(TagStatus.State, Int)] {
      unwell[state] = count
    }
    let heartbeat = Heartbeat(
      notifier: notifier, engine: { [unwell] in .init(tags: 9, unwell: unwell) }, writer: { nil })
    #expect(await heartbeat.status() == "watching 9 tags, 2 failing, 3 unreachable, 1 deleted")
  }

  @Test func repositoriesThatAreNotWellAreTold() async {
    let heartbeat = Heartbeat(
      notifier: notifier,
      engine: { .init(tags: 9, unwell: TagCounts(), repositories: [.ok: 4, .failing: 1, .empty: 2]) }, writer: { nil })
    #expect(await heartbeat.status() == "watching 9 tags, 0 failing, 1 repository failing, 2 repositories empty")
  }

  @Test(arguments: [
    (["ops"], "; the sink ops is removed and still owed events"),
    (["a", "b"], "; 2 sinks are removed and still owed events: a, b"),
  ])
  func sinksThatWereRemovedAreTold(removed: [String], words: String) async {
    let heartbeat = Heartbeat(
      notifier: notifier, engine: { .init(tags: 1, unwell: TagCounts()) },
      writer: { .init(waiting: 2, removed: removed) })
    #expect(await heartbeat.status() == "watching 1 tag, 0 failing, 2 deliveries waiting" + words)
  }

  @Test func aWriterThatRefusesHasAnswered() async throws {
    let beating = Task { [notifier] in
      await Heartbeat(notifier: notifier, engine: { .init(tags: 1, unwell: TagCounts()) }, writer: { nil }).run()
    }
    #expect(try await eventually { receiver.lines.filter { $0 == "WATCHDOG=1" }.count >= 3 })
    #expect(receiver.lines.prefix(2) == ["READY=1", "STATUS=watching 1 tag, 0 failing"])
    #expect(receiver.lines.filter { $0 == "READY=1" }.count == 1)
    beating.cancel()
    await beating.value
  }

  /// Each part answers once, for READY, and then hangs until it is let go.
  @Test(arguments: Part.allCases)
  func noPingWithoutBothAnswers(hanging: Part) async throws {
    let turnstile = Turnstile(free: 1)
    let heartbeat = Heartbeat(
      notifier: notifier,
      engine: {
        if hanging == .engine { await turnstile.pass() }
        return .init(tags: 1, unwell: TagCounts())
      },
      writer: {
        if hanging == .writer { await turnstile.pass() }
        return .init(waiting: 0)
      })
    let beating = Task { await heartbeat.run() }
    #expect(try await eventually { turnstile.isHeld })
    // Many times the watchdog's: a ping on its own would have come.
    let end = ContinuousClock.now + .milliseconds(400)
    #expect(try await eventually { ContinuousClock.now > end })
    #expect(receiver.lines == ["READY=1", "STATUS=watching 1 tag, 0 failing, 0 deliveries waiting"])
    turnstile.open()
    #expect(try await eventually { receiver.has("WATCHDOG=1") })
    beating.cancel()
    await beating.value
  }

  /// It was cut off, and stays under way all the same.
  @Test func noPingWhileAPollOutlivesItsLimit() async throws {
    let hangs = Mutex(false)
    let heartbeat = Heartbeat(
      notifier: notifier,
      engine: { .init(tags: 1, unwell: TagCounts(), hangs: hangs.withLock { $0 }) }, writer: { .init(waiting: 0) })
    let beating = Task { await heartbeat.run() }
    #expect(try await eventually { receiver.has("WATCHDOG=1") })
    hangs.withLock { $0 = true }
    #expect(await heartbeat.look().hangs)
    // One may be under way; after it there are none for many times the watchdog's.
    let pings = { receiver.lines.filter { $0 == "WATCHDOG=1" }.count }
    let end = ContinuousClock.now + .milliseconds(400)
    let most = pings() + 1
    #expect(try await eventually { ContinuousClock.now > end })
    #expect(pings() <= most)
    hangs.withLock { $0 = false }
    #expect(try await eventually { pings() > most })
    beating.cancel()
    await beating.value
  }

  private func eventually(_ condition: () -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
      if condition() { return true }
      try await Task.sleep(for: .milliseconds(2))
    }
    return condition()
  }
}

/// Lets some through and holds the next, until it is opened for all.
private final class Turnstile: Sendable {
  private struct State {
    var free: Int
    var isOpen = false
    var held: CheckedContinuation<Void, Never>?
  }

  private let state: Mutex<State>

  init(free: Int) { state = Mutex(State(free: free)) }

  var isHeld: Bool { state.withLock { $0.held != nil } }

  func pass() async {
    await withCheckedContinuation { continuation in
      let mayPass = state.withLock { state in
        state.free -= 1
        guard !state.isOpen, state.free < 0 else { return true }
        state.held = continuation
        return false
      }
      if mayPass { continuation.resume() }
    }
  }

  func open() {
    let held = state.withLock { state in
      state.isOpen = true
      return state.held.take()
    }
    held?.resume()
  }
}
