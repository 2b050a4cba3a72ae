package import History
package import ImageModel
package import Recording
import Schedule

/// Polls tags once, with an engine of their own.
package final class SinglePass: Sendable {
  /// What is done once.
  package enum Part: Sendable {
    case tags, lists
  }

  private let engine: PollEngine

  /// - Parameters:
  ///   - core: made for a single pass.
  ///   - onRecorded: told what is recorded.
  package init(
    _ core: consuming PollCore, writer: HistoryWriter, clock: @escaping @Sendable () -> Moment = Moment.now,
    poll: @escaping @Sendable (PollJob) async -> PollResult,
    glance: @escaping PollEngine.Glancer = PollEngine.glancesAtNothing,
    list: @escaping PollEngine.Lister = PollEngine.listsNothing,
    record: @escaping PollEngine.Recording,
    onRecorded: @escaping @Sendable ([Record]) -> Void
  ) {
    engine = PollEngine(
      core: consume core, writer: writer, clock: clock, poll: poll, glance: glance, list: list, record: record,
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
    try await perform { try await $0.check(nil, onProgress: progress) }
  }

  /// Lists the repositories of the core, in place of its tags.
  ///
  /// - Returns: those that could not be listed.
  /// - Throws: as `run`.
  package func list() async throws -> [CheckReport.Unlisted] { try await perform { try await $0.list() } }

  private func perform<T: Sendable>(_ body: (PollEngine) async throws -> T) async throws -> T {
    let timer = await engine.startTimer("watcher.pass")
    defer { timer.cancel() }
    do {
      let results = try await body(engine)
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
