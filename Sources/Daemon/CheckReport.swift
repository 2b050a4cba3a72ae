package import ImageModel

/// What `check` found: one result per tag, in the order asked for.
package struct CheckReport: Sendable {
  package struct Result: Sendable {
    package let tag: TagReference
    package let outcome: CheckOutcome
    /// The image changed, and that is announced later because it moves to and fro.
    package let isWithheld: Bool
    /// Events of this poll, in the order of recording, those that are off by default included.
    package let events: [RecordedEvent]

    package init(tag: TagReference, outcome: CheckOutcome, isWithheld: Bool = false, events: [RecordedEvent]) {
      self.tag = tag
      self.outcome = outcome
      self.isWithheld = isWithheld
      self.events = events
    }

    /// - Returns: `nil` when nothing was polled.
    init?(_ record: Record) {
      guard let outcome = record.outcome else { return nil }
      self.init(tag: record.tag, outcome: outcome, isWithheld: record.isWithheld, events: record.events)
    }
  }

  package let results: [Result]
  /// From the first poll to the last result, start-up excluded.
  package let pollingSeconds: Double

  package init(results: [Result], pollingSeconds: Double) {
    self.results = results
    self.pollingSeconds = pollingSeconds
  }

  package var firstSeen: Int { count { if case .firstSeen = $0 { true } else { false } } }
  package var unchanged: Int { count { if case .unchanged = $0 { true } else { false } } }
  package var changed: Int { count { if case .changed = $0 { true } else { false } } }
  package var failed: Int { count { if case .failed = $0 { true } else { false } } }

  private func count(_ matches: (CheckOutcome) -> Bool) -> Int { results.count { matches($0.outcome) } }
}
