import Glibc
import Host
import Synchronization

/// A descriptor that takes lines, for all sinks that write to it: with a queue of its own each would mix its lines into
/// those of the others.
package final class LineOutput: Sendable {
  /// The one of this process; a reload may make sinks while a line of an older one is on its way.
  package static let standardOutput = LineOutput(STDOUT_FILENO, subject: "standard output")

  /// - Parameter text: makes of an event's document what a person reads, without the last newline; `nil` for the
  ///   document itself.
  package static func standardOutput(showing text: (@Sendable ([UInt8]) -> [UInt8])?) -> LineOutput {
    text.map { LineOutput(STDOUT_FILENO, subject: "standard output", render: $0) } ?? .standardOutput
  }

  private let queue: BlockingQueue
  private let writer: Mutex<LineWriter>
  /// What is written of an event's document, which may be several lines.
  private let render: @Sendable ([UInt8]) -> [UInt8]
  private let patience: Duration

  /// - Parameters:
  ///   - subject: what it is, for errors.
  ///   - patience: after so long it is told which lines were taken, before others are written: a slow reader is not
  ///     stuck.
  ///   - render: makes of an event's document what is written, without the last newline.
  package init(
    _ descriptor: Int32, subject: String, patience: Duration = .seconds(5),
    render: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
  ) {
    self.render = render
    self.patience = patience
    queue = BlockingQueue(label: "output.\(descriptor)")
    writer = Mutex(LineWriter(descriptor: descriptor, subject: subject))
  }

  /// An item counts as delivered once the pipe, terminal or file has taken its line.
  func write(_ items: [OutboxItem]) async -> [DeliveryResult] {
    let outcome = await queue.run { [self] in
      var results: [DeliveryResult] = []
      let end = ContinuousClock.now + patience
      for item in items where results.isEmpty || ContinuousClock.now < end {
        do throws(SystemError) {
          try writer.withLock { writer throws(SystemError) in try writer.write(line: render(item.body)) }
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
