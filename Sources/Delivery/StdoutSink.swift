/// One event a line on standard output, and nothing else. A reader that is slow or stuck holds up the sinks that write
/// there and no others; what it has not taken stays in the outbox.
///
/// The process ignores SIGPIPE; a reader that is gone is a failed delivery.
package final class StdoutSink: Sink {
  package let name: String
  private let output: LineOutput

  package init(name: String = "stdout", output: LineOutput = .standardOutput) {
    self.name = name
    self.output = output
  }

  package func write(_ items: [OutboxItem]) async -> [DeliveryResult] { await output.write(items) }
}

extension BlockingQueue.Outcome<[DeliveryResult]> {
  /// What a sink reports about `items`.
  func results(of items: [OutboxItem]) -> [DeliveryResult] {
    switch self {
    case .finished(let results): results
    case .abandoned: []
    case .busy: items.prefix(1).map { .failed($0, error: "an earlier write still blocks", next: .withSink) }
    }
  }
}
