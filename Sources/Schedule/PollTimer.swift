package import Dispatch
import ImageModel

/// The one timer of the schedule: fires once, when armed for, and at the latest after `Limits.tickSeconds`.
///
/// Dispatch timers on Linux stand still in suspend, and those on wall time follow its steps. A short, one-shot
/// timer after which the boot clock is asked what is due needs neither to be right. Source: docs/store.md, Clocks.
package final class PollTimer: Sendable {
  // Dispatch sources may be used from any thread; the overlay on Linux does not say so.
  nonisolated(unsafe) private let source: any DispatchSourceTimer

  /// - Parameter handler: called on `queue` each time the timer fires.
  package init(queue: DispatchQueue, handler: @escaping @Sendable () -> Void) {
    let source = DispatchSource.makeTimerSource(queue: queue)
    source.setEventHandler(handler: handler)
    source.schedule(deadline: .distantFuture)
    source.activate()
    self.source = source
  }

  deinit { source.cancel() }

  /// Fires once after `delay`, at once for none or less; replaces what was armed before.
  package func arm(in delay: Duration) {
    let delay = min(max(delay, .zero), .seconds(Limits.tickSeconds))
    source.schedule(deadline: .now() + .milliseconds(Int(delay.milliseconds)), leeway: .milliseconds(1))
  }

  /// Never fires again.
  package func cancel() { source.cancel() }
}
