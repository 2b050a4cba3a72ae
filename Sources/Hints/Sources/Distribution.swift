import StrictJSON

/// Source: distribution `notifications/event.go` and `notifications/bridge.go`.
extension HintedImages {
  mutating func readDistribution(_ document: JSONValue) throws(HintRefusal) {
    for event in try document.list("events") { try readEvent(event) }
  }

  /// A push tells of layers and of manifests without a tag too; of a deletion it may be the tag or what it names that
  /// is gone.
  mutating func readEvent(_ event: JSONValue) throws(HintRefusal) {
    let action = try event.text("action")
    guard action == "push" || action == "delete" else { return }
    let tag = try event.optionalText("target", "tag")
    guard tag != nil || action == "delete" else { return }
    try add(host: event.optionalText("request", "host"), event.text("target", "repository"), tag: tag)
  }
}
