import Host
import ImageModel

/// Time, as it comes from outside.
struct RegistryClock: Sendable {
  /// Milliseconds of a clock that never goes back and counts while the machine sleeps: tokens age then, too.
  var now: @Sendable () -> Int64
  /// Seconds since 1970; used only where a registry sends a date and none of its own to compare it with.
  var wallSeconds: @Sendable () -> Int64
  /// Returns after so many milliseconds, or at once when the task is cancelled.
  var sleep: @Sendable (Int64) async -> Void

  static let system = RegistryClock(
    now: BootClock.milliseconds,
    wallSeconds: { Timestamp.now().milliseconds / 1_000 },
    sleep: { try? await Task.sleep(for: .milliseconds($0)) })
}
