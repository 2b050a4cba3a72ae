package import History
package import ImageModel
package import Recording

/// Polls tags once, with an engine of their own.
package struct SinglePass {
  let writer: HistoryWriter
  let poll: @Sendable (PollJob) async -> PollResult
  let record: PollEngine.Recording
  /// Told what is recorded.
  let onRecorded: @Sendable ([Record]) -> Void

  package init(
    writer: HistoryWriter, poll: @escaping @Sendable (PollJob) async -> PollResult,
    record: @escaping PollEngine.Recording, onRecorded: @escaping @Sendable ([Record]) -> Void
  ) {
    self.writer = writer
    self.poll = poll
    self.record = record
    self.onRecorded = onRecorded
  }

  /// - Parameters:
  ///   - core: made for a single pass.
  ///   - progress: called with the number of tags done, from any thread.
  /// - Returns: a result per tag of the core, in its order.
  /// - Throws: `StoreError`; `CancellationError` when nobody waits any more. No poll is under way then.
  package func run(
    _ core: consuming PollCore, progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) async throws -> [CheckReport.Result] {
    let engine = PollEngine(
      core: consume core, writer: writer, poll: poll, record: record,
      onProgress: { [onRecorded] progress in
        if case .recorded(let records) = progress { onRecorded(records) }
      })
    do {
      let results = try await engine.check(nil, onProgress: progress)
      if let failure = await engine.stop() { throw failure }
      return results
    } catch {
      await engine.cutOff()
      _ = await engine.stop()
      throw error
    }
  }
}
