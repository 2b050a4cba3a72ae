import Glibc
import Synchronization

/// One event a line on standard output, and nothing else. A reader that is slow or stuck holds up this sink
/// alone; what it has not taken stays in the outbox.
///
/// One instance serves a descriptor for the life of the process: two would mix their lines. The process
/// ignores SIGPIPE; a reader that is gone is a failed delivery.
public final class StdoutSink: Sink {
  public let name: String
  private let queue: BlockingQueue
  private let writer: Mutex<LineWriter>

  public init(name: String = "stdout", descriptor: Int32 = STDOUT_FILENO) {
    self.name = name
    queue = BlockingQueue(label: "sink.\(name)")
    writer = Mutex(LineWriter(descriptor: descriptor, subject: "standard output"))
  }

  /// An item counts as delivered once the pipe, terminal or file has taken its line.
  public func write(_ items: [OutboxItem]) async -> [DeliveryResult] {
    let outcome = await queue.run { [self] in
      var results: [DeliveryResult] = []
      for item in items {
        do throws(SystemError) {
          try writer.withLock { writer throws(SystemError) in try writer.write(line: item.body) }
          results.append(.delivered(sequence: item.sequence))
        } catch {
          results.append(.failed(item, error: error.description, next: .withSink))
          break
        }
      }
      return results
    }
    return outcome.results(of: items)
  }
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
