package import History
package import ImageModel
package import Recording
import Schedule

/// Polls tags once, with an engine of their own.
package final class SinglePass: Sendable {
  private let engine: PollEngine

  /// - Parameters:
  ///   - core: made for a single pass.
  ///   - onRecorded: told what is recorded.
  package init(
    _ core: consuming PollCore, writer: HistoryWriter, clock: @escaping @Sendable () -> Moment = Moment.now,
    poll: @escaping @Sendable (PollJob) async -> PollResult, record: @escaping PollEngine.Recording,
    onRecorded: @escaping @Sendable ([Record]) -> Void
  ) {
    engine = PollEngine(
      core: consume core, writer: writer, clock: clock, poll: poll, record: record,
      onProgress: { progress in
        if case .recorded(let records) = progress { onRecorded(records) }
      })
  }

  /// - Parameter progress: called with the number of tags done, from any thread.
  /// - Returns: a result per tag of the core, in its order.
  /// - Throws: `StoreError`; `CancellationError` when nobody waits any more, `CheckInterruption` after `cutOff` or when
  ///   recording throws it. No poll is under way then.
  package func run(progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }) async throws -> [CheckReport.Result]
  {
    let timer = await engine.startTimer("watcher.pass")
    defer { timer.cancel() }
    do {
      let results = try await engine.check(nil, onProgress: progress)
      if let failure = await engine.stop() { throw failure }
      return results
    } catch {
      await cutOff()
      throw error
    }
  }

  /// Ends it: what is under way has no result.
  package func cutOff() async {
    await engine.cutOff()
    _ = await engine.stop()
  }
}
