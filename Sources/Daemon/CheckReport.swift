import ImageModel

/// What `check` found: one result per tag, in the order asked for.
public struct CheckReport: Sendable {
  public struct Result: Sendable {
    public let tag: TagReference
    public let outcome: CheckOutcome
    /// The image changed, and that is announced later because it moves to and fro.
    public let isWithheld: Bool
    /// Events of this poll, in the order of recording, those that are off by default included.
    public let events: [RecordedEvent]

    public init(tag: TagReference, outcome: CheckOutcome, isWithheld: Bool = false, events: [RecordedEvent]) {
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

  public let results: [Result]
  /// From the first poll to the last result, start-up excluded.
  public let pollingSeconds: Double

  public init(results: [Result], pollingSeconds: Double) {
    self.results = results
    self.pollingSeconds = pollingSeconds
  }

  public var firstSeen: Int { count { if case .firstSeen = $0 { true } else { false } } }
  public var unchanged: Int { count { if case .unchanged = $0 { true } else { false } } }
  public var changed: Int { count { if case .changed = $0 { true } else { false } } }
  public var failed: Int { count { if case .failed = $0 { true } else { false } } }

  private func count(_ matches: (CheckOutcome) -> Bool) -> Int { results.count { matches($0.outcome) } }
}
