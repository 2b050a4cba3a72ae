package import ImageModel

/// Which events are shown. A registry that is out of reach for an hour has two for each of its tags.
package enum EventSelection: String, CaseIterable, Sendable {
  case moves
  case trouble

  package var types: Set<EventType> {
    switch self {
    case .moves: [.imageChanged, .artifactChanged, .tagMoved, .platformAdded, .platformRemoved]
    case .trouble: [.tagUnreachable, .tagRecovered, .tagDeleted, .tagRestored]
    }
  }
}
