import Glibc
import Host
import Synchronization

/// A descriptor that takes lines, for all sinks that write to it: with a queue of its own each would mix its lines into
/// those of the others.
package final class LineOutput: Sendable {
  /// The one of this process; a reload may make sinks while a line of an older one is on its way.
  package static let standardOutput = LineOutput(STDOUT_FILENO, subject: "standard output")

  private let queue: BlockingQueue
  private let writer: Mutex<LineWriter>

  /// - Parameter subject: what it is, for errors.
  package init(_ descriptor: Int32, subject: String) {
    queue = BlockingQueue(label: "output.\(descriptor)")
    writer = Mutex(LineWriter(descriptor: descriptor, subject: subject))
  }

  /// An item counts as delivered once the pipe, terminal or file has taken its line.
  func write(_ items: [OutboxItem]) async -> [DeliveryResult] {
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
