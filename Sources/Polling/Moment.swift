import Host
package import ImageModel
import Schedule

/// One instant on both clocks: boot time to wait and to plan by, wall time to record and to show.
package struct Moment: Sendable {
  package let boot: BootTime
  package let wall: Timestamp

  package init(boot: BootTime, wall: Timestamp) {
    self.boot = boot
    self.wall = wall
  }

  package static func now() -> Moment { Moment(boot: .now(), wall: .now()) }

  /// The wall time at which boot time `due` comes, as the clocks stand now.
  package func wall(at due: BootTime) -> Timestamp { StoredDue.wall(due: due, nowWall: wall, nowBoot: boot) }
}
