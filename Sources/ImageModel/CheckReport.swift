/// What `check` found: one result per tag, in the order asked for.
package struct CheckReport: Sendable {
  package struct Result: Sendable {
    package let tag: TagReference
    package let outcome: CheckOutcome
    /// Whether it is on the watchlist.
    package let isWatched: Bool
    /// The image changed, and that is announced later because it moves to and fro.
    package let isWithheld: Bool
    /// Events of this poll, in the order of recording, those that are off by default included.
    package let events: [RecordedEvent]

    package init(
      tag: TagReference, outcome: CheckOutcome, isWatched: Bool = true, isWithheld: Bool = false,
      events: [RecordedEvent]
    ) {
      self.tag = tag
      self.outcome = outcome
      self.isWatched = isWatched
      self.isWithheld = isWithheld
      self.events = events
    }
  }

  /// A repository of the watchlist whose tags could not be listed: those that were known are checked.
  package struct Unlisted: Sendable {
    package let repository: RepositoryReference
    package let failure: CheckFailure

    package init(repository: RepositoryReference, failure: CheckFailure) {
      self.repository = repository
      self.failure = failure
    }
  }

  package let results: [Result]
  package let unlisted: [Unlisted]
  /// From the first poll to the last result, start-up excluded.
  package let pollingSeconds: Double

  package init(results: [Result], unlisted: [Unlisted] = [], pollingSeconds: Double) {
    self.results = results
    self.unlisted = unlisted
    self.pollingSeconds = pollingSeconds
  }

  package var firstSeen: Int { count { if case .firstSeen = $0 { true } else { false } } }
  package var unchanged: Int { count { if case .unchanged = $0 { true } else { false } } }
  package var changed: Int { count { if case .changed = $0 { true } else { false } } }
  package var failed: Int { count { if case .failed = $0 { true } else { false } } }

  private func count(_ matches: (CheckOutcome) -> Bool) -> Int { results.count { matches($0.outcome) } }
}

/// An event as it was frozen.
package struct RecordedEvent: Sendable {
  package let type: EventType
  package let sequence: EventSequence
  /// The event's document, byte for byte as every sink gets it.
  package let body: [UInt8]
  /// The sinks it waits for; empty where nobody has to know.
  package let sinks: [String]
  /// A platform moved back to an image that it had before.
  package let isRollback: Bool

  package init(
    _ type: EventType, sequence: EventSequence, body: [UInt8], sinks: [String] = [], isRollback: Bool = false
  ) {
    self.type = type
    self.sequence = sequence
    self.body = body
    self.sinks = sinks
    self.isRollback = isRollback
  }
}

/// What a poll came to, in the words of `check`.
package enum CheckOutcome: Sendable {
  case firstSeen, unchanged, changed
  case failed(CheckFailure)

  /// Whether `check --quiet` is silent about it.
  package var isQuiet: Bool {
    switch self {
    case .firstSeen, .unchanged: true
    case .changed, .failed: false
    }
  }

  /// As in JSON.
  package var name: String {
    switch self {
    case .firstSeen: "first_seen"
    case .unchanged: "unchanged"
    case .changed: "changed"
    case .failed: "failed"
    }
  }

  package var failure: CheckFailure? {
    if case .failed(let failure) = self { failure } else { nil }
  }
}
