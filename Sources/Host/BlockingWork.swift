import Dispatch

/// Runs what may block, for ever where a file system hangs, on a thread of its own: tasks have no more threads than the
/// machine has cores. Whoever waits for it may give up waiting; it cannot be ended.
package func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "watcher.blocking").async { continuation.resume(with: Result(catching: body)) }
  }
}
