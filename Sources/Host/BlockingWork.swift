import Dispatch
import Synchronization

/// Runs what may block, for ever where a file system hangs, on a thread of its own: tasks have no more threads than the
/// machine has cores. Whoever waits for it may give up waiting; it cannot be ended.
package func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "watcher.blocking").async { continuation.resume(with: Result(catching: body)) }
  }
}

/// The same, and waits no longer than `seconds`.
///
/// - Throws: `NoAnswer` where it has not ended by then; it keeps its thread, and what it comes to is dropped.
package func blocking<T: Sendable>(
  within seconds: Int, _ body: @escaping @Sendable () throws -> T
) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    let waiting = Waiting(continuation)
    DispatchQueue(label: "watcher.blocking").async { waiting.end(with: Result(catching: body)) }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
      waiting.end(with: .failure(NoAnswer(seconds: seconds)))
    }
  }
}

/// What was waited for has not ended in time.
package struct NoAnswer: Error, CustomStringConvertible {
  package let seconds: Int

  package var description: String { "it does not answer within \(seconds) s" }
}

/// Ends once, with what comes first.
private final class Waiting<T: Sendable>: Sendable {
  private let continuation: Mutex<CheckedContinuation<T, any Error>?>

  init(_ continuation: CheckedContinuation<T, any Error>) { self.continuation = Mutex(continuation) }

  func end(with result: Result<T, any Error>) {
    continuation.withLock { continuation in
      continuation?.resume(with: result)
      continuation = nil
    }
  }
}
