import Config
import History
import ImageModel
import Logging

/// Polls tags once, with an engine of their own.
struct SinglePass {
  let sinks: [SinkSettings]
  let poller: TagPoller
  let log: Logger
  /// Told what is recorded.
  var onRecorded: @Sendable ([Record]) -> Void = { _ in }

  /// - Parameters:
  ///   - core: made for a single pass.
  ///   - progress: called with the number of tags done, from any thread.
  /// - Returns: a result per tag of the core, in its order.
  func run(
    _ core: consuming PollCore, progress: @escaping @Sendable (_ done: Int) -> Void
  ) async throws -> [CheckReport.Result] {
    let engine = PollEngine(
      core: consume core, recorder: Recorder(sinks: sinks), writer: poller.writer, log: log, poll: poller.poll,
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

extension WatchConfig {
  /// How a tag is polled: as the watchlist says, or by `defaults`.
  func entry(for tag: TagReference) -> WatchEntry {
    watch.first { $0.tag == tag }
      ?? WatchEntry(
        tag: tag, pinned: nil, intervalSeconds: defaults.intervalSeconds, selection: defaults.selection,
        sinks: defaults.sinks, unreachableAfterSeconds: defaults.unreachableAfterSeconds, labels: [:], line: 0)
  }
}
