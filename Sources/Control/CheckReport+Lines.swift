package import ImageModel
import StrictJSON

extension CheckReport.Result {
  /// As an item on the control socket. Documents go as text, for they must arrive byte for byte.
  package var json: JSONOutput {
    .members([
      "tag": .text(tag), "outcome": .string(outcome.name), "watched": .bool(isWatched),
      "withheld": .bool(isWithheld),
      "error": outcome.failure.map {
        .members([
          "code": .string($0.code.rawValue), "what": .string($0.what), "remedy": $0.remedy.map { .string($0) } ?? .null,
        ])
      } ?? .null,
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

extension CheckOutcome {
  fileprivate init?(_ item: JSONValue) {
    switch item["outcome"]?.string {
    case "first_seen": self = .firstSeen
    case "unchanged": self = .unchanged
    case "changed": self = .changed
    case "failed":
      guard let error = item["error"], let code = error["code"]?.string.flatMap(CheckFailure.Code.init),
        let what = error["what"]?.string
      else { return nil }
      self = .failed(CheckFailure(code, what, remedy: error["remedy"]?.string))
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
