import History
import ImageModel
import InMemoryLogging
import Logging
import Testing

@testable import Recording
@testable import Service

/// What the log says once all that was never looked at has been.
@Suite struct FirstPassTests {
  private let lines = InMemoryLogHandler()
  private let pass: FirstPass

  init() { pass = FirstPass(log: Logger(label: "test") { [lines] _ in lines }) }

  private func tag(_ name: String) -> TagReference { TagReference(domain: "r.example", path: "app", tag: name) }

  private func expect(_ unpolled: [String], of names: [String]) {
    let entries = names.map {
      WatchEntry(
        tag: tag($0), pinned: nil, intervalSeconds: 60, selection: .all, sinks: [], unreachableAfterSeconds: 60,
        labels: [:], line: 1)
    }
    pass.expect(Set(unpolled.map(tag)), of: entries)
  }

  private func record(_ name: String, _ outcome: CheckOutcome? = .firstSeen, isWatched: Bool = true, index: Int = 0) {
    pass.see([
      Record(
        index: index, tag: tag(name), isWatched: isWatched, unmetPin: nil, snapshot: nil, state: TagState(),
        outcome: outcome, isWithheld: false, events: [], remarks: [])
    ])
  }

  private let failed = CheckOutcome.failed(CheckFailure(.tagMissing, "gone"))

  private var told: [String] {
    lines.entries.map { "\($0.message) \($0.metadata["recorded"] ?? "") \($0.metadata["failed"] ?? "")" }
  }

  @Test func itIsToldOnceWhenTheLastIsRecorded() {
    expect(["a", "b"], of: ["a", "b", "c"])
    record("a", nil)
    record("c")
    record("a")
    #expect(told.isEmpty)
    record("b", failed)
    #expect(told == ["first_pass 1 1"])
    record("a")
    #expect(told.count == 1)
  }

  /// Those that somebody asks for have a plan of their own, whose indexes mean nothing here.
  @Test func whatIsNotWatchedIsNoPartOfIt() {
    expect(["a"], of: ["a"])
    record("typo", failed, isWatched: false)
    #expect(told.isEmpty)
    record("a")
    #expect(told == ["first_pass 1 0"])
  }

  /// One that is polled and not yet recorded is not among those that were never polled.
  @Test func aReloadKeepsWhatHasBeenCounted() {
    expect(["a", "b", "c"], of: ["a", "b", "c"])
    record("a", failed)
    expect(["c", "d"], of: ["a", "b", "c", "d"])
    record("c")
    record("d")
    #expect(told.isEmpty)
    record("b")
    #expect(told == ["first_pass 3 1"])
    expect(["e"], of: ["a", "e"])
    record("e")
    #expect(told.last == "first_pass 1 0", "another pass begins at nothing")
  }

  @Test func itEndsWithAReloadThatTakesTheLastAway() {
    expect(["a", "b"], of: ["a", "b"])
    record("a")
    expect([], of: ["a"])
    #expect(told == ["first_pass 1 0"])
    expect(["c"], of: ["a", "c"])
    expect([], of: ["a"])
    #expect(told.count == 1, "nothing was looked at")
  }
}
