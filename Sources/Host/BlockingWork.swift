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
    let answer = FirstAnswer(continuation)
    DispatchQueue(label: "watcher.blocking").async { answer.end(with: Result(catching: body)) }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
      answer.end(with: .failure(NoAnswer(seconds: seconds)))
    }
  }
}

extension Sequence where Element: Sendable {
  /// What a look at each gives, in their order. All are made at once, and none is waited for longer than `seconds`.
  package func looked<T: Sendable>(
    within seconds: Int, _ look: @escaping @Sendable (Element) throws -> T
  ) async -> [Result<T, any Error>] {
    await withTaskGroup(of: (Int, Result<T, any Error>).self) { group in
      for (index, element) in enumerated() {
        group.addTask {
          do { return (index, .success(try await blocking(within: seconds) { try look(element) })) } catch {
            return (index, .failure(error))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

/// What was waited for has not ended in time.
package struct NoAnswer: Error, CustomStringConvertible {
  package let seconds: Int

  package var description: String { "does not answer within \(seconds) s" }
}

/// Ends once, with what comes first.
package final class FirstAnswer<T: Sendable>: Sendable {
  private let continuation: Mutex<CheckedContinuation<T, any Error>?>

  package init(_ continuation: CheckedContinuation<T, any Error>) { self.continuation = Mutex(continuation) }

  package func end(with result: Result<T, any Error>) {
    continuation.withLock { continuation in
      continuation?.resume(with: result)
      continuation = nil
    }
  }
}
