package import History
package import ImageModel

/// What a finding means: all that is to be written, in one transaction, and what is announced.
package struct Decision: Sendable {
  /// What becomes of the tag's states.
  package enum Change: Hashable, Sendable {
    case nothing
    /// The newest one still holds.
    case confirm
    /// It still holds, and more is known of its images, or less.
    case update(SnapshotID, [PlatformImage])
    /// Another one begins.
    case begin(TagSnapshot, classes: [ChangeClass?])
    /// The newest one ends without another.
    case end
  }

  /// One of the tag's states, that which begins here among them.
  package enum State: Hashable, Sendable {
    case recorded(SnapshotID)
    case begun
  }

  package struct Event: Sendable {
    package let event: ChangeEvent
    /// The state that the event announces.
    package let announces: State?
    /// The sinks that it is for.
    package let sinks: [String]
  }

  /// Fetched for this; some may be stored already.
  package var documents: [Document] = []
  package var change = Change.nothing
  /// Since the newest state was seen last.
  package var gap: ObservationGap?
  /// In the order in which they are recorded.
  package var events: [Event] = []
  /// The tag's row, without the state that was announced last.
  package var state: TagState
  /// The tag's current state, and the one that was announced last.
  package var current: State?
  package var announced: State?
  package var outcome = CheckOutcome.unchanged
  /// The image moved, and that is not announced now.
  package var isWithheld = false
  package var unmetPin: Digest?
  package var remarks: [String] = []
  package var noPlatform: NoPlatform?
}

/// None of the platforms that are asked for is there.
package struct NoPlatform: Hashable, Sendable {
  package let wanted: [Platform]
  /// In the order of the index.
  package let there: [Platform]
}
