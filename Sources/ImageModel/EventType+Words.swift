extension EventType {
  /// What happened, in plain words.
  package var words: String {
    switch self {
    case .tagDeleted: "deleted"
    case .tagRestored: "restored"
    case .tagMoved: "moved"
    case .tagUnreachable: "unreachable"
    case .tagRecovered: "reachable again"
    case .imageChanged: "image changed"
    case .artifactChanged: "artifact changed"
    case .platformAdded: "platform added"
    case .platformRemoved: "platform removed"
    case .imageRepacked: "repacked"
    case .indexChanged: "index changed"
    case .tagFirstSeen: "first seen"
    case .changes: "group"
    }
  }
}

extension Optional<Platform> {
  /// `-` while it is unknown.
  package var words: String { self?.description ?? "-" }
}
