package import ImageModel

/// Notices that the wall clock was set: it then runs apart from boot time, which nobody sets. Pure.
package struct ClockWatch: Sendable {
  /// Corrections of a running clock are smaller than this from one look to the next.
  private static let tolerance: Int64 = 2_000
  /// Nothing is older than this program: before it a clock was never set. 2026-01-01.
  private static let earliest = Timestamp(milliseconds: 1_767_225_600_000)

  /// Wall minus boot, milliseconds.
  private var offset: Int64

  package init(wall: Timestamp, boot: BootTime) { offset = wall.milliseconds - boot.milliseconds }

  /// - Returns: by how much the clock was set since the last look, forward or back; `nil` if it was not.
  package mutating func look(wall: Timestamp, boot: BootTime) -> Duration? {
    let step = wall.milliseconds - boot.milliseconds - offset
    // Slow corrections do not add up to a step.
    offset += step
    return abs(step) > Self.tolerance ? .milliseconds(step) : nil
  }

  /// Whether the clock shows a time that cannot be.
  package static func isUnset(_ wall: Timestamp) -> Bool { wall < earliest }
}
