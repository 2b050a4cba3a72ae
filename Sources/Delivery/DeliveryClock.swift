import Dispatch

/// Time as a delivery worker knows it.
package struct DeliveryClock: Sendable {
  /// What has passed since some moment, suspension included; no step of the wall clock touches it.
  let now: @Sendable () -> ContinuousClock.Instant
  /// Makes an alarm that calls this, from any thread.
  let alarm: @Sendable (_ ring: @escaping @Sendable () -> Void) -> any Alarm

  package static let system = DeliveryClock(now: { .now }, alarm: SystemAlarm.init)
}

/// Rings once, when it was set to.
package protocol Alarm: Sendable {
  /// Replaces what it was set to before. Rings once, at once for no delay or less.
  func set(in delay: Duration)
}

/// One Dispatch timer that is moved. A task that sleeps stays until its time has come, also when it is cancelled.
package final class SystemAlarm: Alarm {
  // Dispatch sources may be used from any thread; the overlay on Linux does not say so.
  nonisolated(unsafe) private let source: any DispatchSourceTimer

  package init(_ ring: @escaping @Sendable () -> Void) {
    source = DispatchSource.makeTimerSource(queue: .global())
    source.setEventHandler(handler: ring)
    source.schedule(deadline: .distantFuture)
    source.activate()
  }

  deinit { source.cancel() }

  package func set(in delay: Duration) {
    let (seconds, attoseconds) = max(delay, .zero).components
    // Not before its time, so the part of a nanosecond counts.
    let nanoseconds = min(seconds, 1_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000 + 1
    source.schedule(deadline: .now() + .nanoseconds(Int(nanoseconds)), leeway: .milliseconds(1))
  }
}
