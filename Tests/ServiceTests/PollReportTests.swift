import History
import ImageModel
import InMemoryLogging
import Logging
import Testing

@testable import Recording
@testable import Service

/// What the log says of tags that fail.
@Suite struct PollReportTests {
  private let lines = InMemoryLogHandler()
  private let report: PollReport

  init() { report = PollReport(log: Logger(label: "test") { [lines] _ in lines }) }

  private func entry(_ number: Int) -> WatchEntry {
    WatchEntry(
      tag: TagReference(domain: "r.example", path: "app", tag: "\(number)"), pinned: nil, intervalSeconds: 60,
      selection: .all, sinks: [], unreachableAfterSeconds: 60, labels: [:], line: 1)
  }

  private func poll(_ numbers: some Sequence<Int>, fails: Bool = true, isWatched: Bool = true) {
    let outcome = fails ? CheckOutcome.failed(CheckFailure(.tls, "expired")) : .unchanged
    report.log(
      numbers.map {
        Record(
          index: $0, tag: entry($0).tag, isWatched: isWatched, unmetPin: nil, snapshot: nil, state: TagState(),
          outcome: outcome, isWithheld: false, events: [], remarks: [])
      })
  }

  private var told: [String] {
    lines.entries.map { $0.message.description + ($0.metadata["tags"].map { " \($0)" } ?? "") }
  }

  private let tenTimes = Array(repeating: "poll_failed", count: 10)

  @Test func ofManyTheEleventhIsToldAndThenPowersOfTen() {
    poll(1...99)
    #expect(told == tenTimes + ["polls_failed 11"])
    poll(100...1_000)
    #expect(told.dropFirst(11) == ["polls_failed 100", "polls_failed 1000"])
  }

  /// Somebody asked for them, and was answered.
  @Test func tagsThatNobodyWatchesAreLeftOut() {
    poll(1...11, isWatched: false)
    #expect(told.isEmpty)
    poll([12])
    #expect(told == ["poll_failed"])
    poll([12], fails: false, isWatched: false)
    #expect(told == ["poll_failed"])
  }

  @Test func tagsThatLeaveTheWatchlistAreNotCountedAnyMore() {
    poll(1...11)
    report.keep((11...22).map(entry))
    poll(12...20)
    #expect(told == tenTimes + ["polls_failed 11"] + tenTimes.dropFirst())
    report.keep([entry(11)])
    poll([11], fails: false)
    #expect(told.last == "polls_recovered 11")
  }
}
