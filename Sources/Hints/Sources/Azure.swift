import StrictJSON

/// A webhook of the registry's sends one event of `distribution`'s; Event Grid has such events in a list, each in an
/// envelope. Source: learn.microsoft.com `container-registry-webhook-reference`, `event-schema-container-registry`.
extension HintedImages {
  mutating func readAzure(_ document: JSONValue) throws(HintRefusal) {
    for event in document.array ?? [document] {
      guard let type = try event.optionalText("eventType") else {
        try readEvent(event)
        continue
      }
      guard type.hasPrefix("Microsoft.ContainerRegistry.Image") else { continue }
      guard let data = event.value("data") else { throw .member("data") }
      try readEvent(data)
    }
  }
}
