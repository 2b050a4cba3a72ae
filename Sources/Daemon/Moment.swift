import ImageModel
import Schedule

/// One instant on both clocks: boot time to wait and to plan by, wall time to record and to show.
public struct Moment: Sendable {
  /// Milliseconds since boot, suspension included.
  public let boot: Int64
  public let wall: Timestamp

  public init(boot: Int64, wall: Timestamp) {
    self.boot = boot
    self.wall = wall
  }

  public static func now() -> Moment { Moment(boot: BootClock.milliseconds(), wall: .now()) }

  /// The wall time at which boot time `due` comes, as the clocks stand now.
  func wall(at due: Int64) -> Timestamp { StoredDue.wall(due: due, nowWall: wall, nowBoot: boot) }
}
