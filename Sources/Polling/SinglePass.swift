import History
package import ImageModel
package import Recording

/// Polls tags once, with an engine of their own.
package struct SinglePass {
  let recorder: Recorder
  let poller: TagPoller
  /// Told what is recorded.
  let onRecorded: @Sendable ([Record]) -> Void

  package init(
    recorder: Recorder, poller: TagPoller, onRecorded: @escaping @Sendable ([Record]) -> Void = { _ in }
  ) {
    self.recorder = recorder
    self.poller = poller
    self.onRecorded = onRecorded
  }

  /// - Parameters:
  ///   - core: made for a single pass.
  ///   - progress: called with the number of tags done, from any thread.
  /// - Returns: a result per tag of the core, in its order.
  package func run(
    _ core: consuming PollCore, progress: @escaping @Sendable (_ done: Int) -> Void
  ) async throws -> [CheckReport.Result] {
    let engine = PollEngine(
      core: consume core, recorder: recorder, writer: poller.writer, poll: poller.poll,
      onProgress: { [onRecorded] progress in
        if case .recorded(let records) = progress { onRecorded(records) }
      })
    do {
      let results = try await engine.check(nil, onProgress: progress)
      if let failure = await engine.stop() { throw failure }
      return results
    } catch is CancellationError {
      await engine.cutOff()
      _ = await engine.stop()
      throw CancellationError()
    }
  }
}
