import Hashing
import History
import ImageModel
import InMemoryLogging
import Logging
import TestSupport
import Testing

@testable import Recording
@testable import Service

/// What is odd about a tag's documents is told once.
@Suite struct RemarkTests {
  private static let tag = TagReference(domain: "r.example", path: "app", tag: "latest")

  private func record(_ remarks: [String]) -> Record {
    Record(
      index: 0, tag: Self.tag, isWatched: true, unmetPin: nil, snapshot: 1, state: TagState(), outcome: .changed,
      isWithheld: false, events: [], remarks: remarks)
  }

  @Test func aRemarkIsLoggedUntilItIsAnotherOne() throws {
    let lines = InMemoryLogHandler()
    let report = PollReport(log: Logger(label: "test", factory: { _ in lines }))
    for remarks in [["twice"], ["twice"], [], ["twice", "no type"], ["twice"]] { report.log([record(remarks)]) }
    #expect(lines.entries.map(\.message.description) == ["odd_document", "odd_document"])
    #expect(lines.entries.map { $0.metadata["note"]?.description } == ["twice", "no type"])
    #expect(
      lines.entries.allSatisfy { $0.metadata["tag"]?.description == Self.tag.description && $0.level == .warning })
  }
}
