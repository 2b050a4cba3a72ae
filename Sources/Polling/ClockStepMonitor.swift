import ImageModel
import Schedule
import Synchronization

/// Notices once for all who ask that the wall clock was set.
package final class ClockStepMonitor: Sendable {
  private let watch: Mutex<ClockWatch>
  private let onStep: @Sendable (_ step: Duration) -> Void

  package init(since now: Moment, onStep: @escaping @Sendable (_ step: Duration) -> Void) {
    watch = Mutex(ClockWatch(wall: now.wall, boot: now.boot))
    self.onStep = onStep
  }

  /// - Returns: by how much it was set since anybody looked. Who is told moves what is stored as wall
  ///   time.
  package func look(at now: Moment) -> Duration? {
    let step = watch.withLock { $0.look(wall: now.wall, boot: now.boot) }
    if let step { onStep(step) }
    return step
  }
}
