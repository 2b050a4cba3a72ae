package import ImageModel
import StrictJSON

extension CheckReport.Result {
  /// As an item on the control socket. Documents go as text, for they must arrive byte for byte.
  package var json: JSONOutput {
    .members([
      "tag": .text(tag), "outcome": .string(outcome.name), "watched": .bool(isWatched),
      "withheld": .bool(isWithheld),
      "error": outcome.failure?.parts ?? .null,
      "events": .array(
        events.map {
          .members([
            "type": .string($0.type.rawValue), "sequence": .int($0.sequence.rawValue),
            "document": .string(String(decoding: $0.body, as: UTF8.self)),
          ])
        }),
    ])
  }

  /// - Returns: `nil` for what is no such item.
  init?(json item: JSONValue) {
    guard let tag = item["tag"]?.string.flatMap({ try? ImageReference($0).tagReference }),
      let outcome = CheckOutcome(item), let events = item["events"]?.array
    else { return nil }
    let recorded = events.compactMap(RecordedEvent.init(item:))
    guard recorded.count == events.count else { return nil }
    self.init(
      tag: tag, outcome: outcome, isWatched: item["watched"]?.bool ?? true,
      isWithheld: item["withheld"]?.bool == true, events: recorded)
  }
}

extension CheckReport.Unlisted {
  package var json: JSONOutput {
    .members(["repository": .text(repository), "error": failure.parts])
  }

  /// - Returns: `nil` for what is no such item.
  init?(json item: JSONValue) {
    guard let name = item["repository"]?.string.flatMap({ try? ImageReference($0) }),
      let failure = item["error"].flatMap(CheckFailure.init(parts:))
    else { return nil }
    self.init(repository: RepositoryReference(domain: name.domain, path: name.path), failure: failure)
  }
}

extension CheckFailure {
  fileprivate var parts: JSONOutput {
    .members([
      "code": .string(code.rawValue), "what": .string(what), "remedy": remedy.map { .string($0) } ?? .null,
    ])
  }

  fileprivate init?(parts: JSONValue) {
    guard let code = parts["code"]?.string.flatMap(Code.init), let what = parts["what"]?.string else { return nil }
    self.init(code, what, remedy: parts["remedy"]?.string)
  }
}

extension CheckOutcome {
  fileprivate init?(_ item: JSONValue) {
    switch item["outcome"]?.string {
    case "first_seen": self = .firstSeen
    case "unchanged": self = .unchanged
    case "changed": self = .changed
    case "failed":
      guard let failure = item["error"].flatMap(CheckFailure.init(parts:)) else { return nil }
      self = .failed(failure)
    default: return nil
    }
  }
}

extension RecordedEvent {
  fileprivate init?(item: JSONValue) {
    guard let type = item["type"]?.string.flatMap(EventType.init),
      let sequence = item["sequence"]?.integer.map(EventSequence.init),
      let document = item["document"]?.string
    else { return nil }
    self.init(type, sequence: sequence, body: Array(document.utf8))
  }
}
