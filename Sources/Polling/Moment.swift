import Host
package import ImageModel
import Schedule

/// One instant on both clocks: boot time to wait and to plan by, wall time to record and to show.
package struct Moment: Sendable {
  /// Milliseconds since boot, suspension included.
  package let boot: Int64
  package let wall: Timestamp

  package init(boot: Int64, wall: Timestamp) {
    self.boot = boot
    self.wall = wall
  }

  package static func now() -> Moment { Moment(boot: BootClock.milliseconds(), wall: .now()) }

  /// The wall time at which boot time `due` comes, as the clocks stand now.
  func wall(at due: Int64) -> Timestamp { StoredDue.wall(due: due, nowWall: wall, nowBoot: boot) }
}
