import Host
import ImageModel

/// Time, as it comes from outside.
struct RegistryClock: Sendable {
  /// A clock that never goes back and counts while the machine sleeps: tokens age then, too.
  var now: @Sendable () -> BootTime
  /// Used only where a registry sends a date and none of its own to compare it with.
  var wall: @Sendable () -> Timestamp
  /// Returns after so many milliseconds, or at once when the task is cancelled.
  var sleep: @Sendable (Int64) async -> Void

  static let system = RegistryClock(
    now: { BootTime.now() },
    wall: { Timestamp.now() },
    sleep: { try? await Task.sleep(for: .milliseconds($0)) })
}
