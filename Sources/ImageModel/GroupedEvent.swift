/// An event of type `watcher.changes`: the documents of several events in one, for a sink with `group`.
/// Source: docs/webhooks.md, The event.
package struct GroupedEvent: Sendable {
  package let id: String
  package let time: Timestamp
  /// Documents of recorded events, byte for byte, in the order of recording.
  package let documents: [[UInt8]]
  /// Those that the events are of, each once.
  package let tags: [TagReference]

  package init(id: String, time: Timestamp, documents: [[UInt8]], tags: [TagReference]) {
    self.id = id
    self.time = time
    self.documents = documents
    self.tags = tags
  }

  /// How many bytes of documents fit into one, its own part and the commas left out.
  package static let documentBytes = Limits.groupedEventBytes - 1_024

  /// The document: one line, a CloudEvents 1.0 event and Standard Webhooks payload as those in it.
  package func document(source: String, sequence: EventSequence) -> [UInt8] {
    let envelope = JSONOutput.members([
      "specversion": "1.0", "id": .string(id), "source": .string(source),
      "type": .string(EventType.changes.rawValue), "time": .text(time), "timestamp": .text(time),
      "datacontenttype": "application/json", "sequence": .string(ChangeEvent.sequenceText(sequence)),
    ]).bytes
    var bytes = Array(envelope.dropLast())
    bytes += Array(#","data":{"schema":1,"summary":"#.utf8) + JSONOutput.string(summary).bytes
    bytes += Array(#","events":["#.utf8)
    bytes += documents.joined(separator: [UInt8(ascii: ",")])
    bytes += Array("]}}".utf8)
    return bytes
  }
}
