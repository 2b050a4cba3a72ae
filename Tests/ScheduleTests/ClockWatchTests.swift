import ImageModel
import Schedule
import TestSupport
import Testing

@Suite struct ClockWatchTests {
  private static let epoch: Int64 = 1_790_812_800_000

  @Test func aClockThatRunsIsNotSet() {
    var watch = ClockWatch(wall: Timestamp(milliseconds: Self.epoch), boot: 0)
    // A clock that is corrected while it runs gains a second a minute, for an hour.
    for look in 1...60 as ClosedRange<Int64> {
      #expect(
        watch.look(
          wall: Timestamp(milliseconds: Self.epoch + look * 61_000), boot: BootTime(milliseconds: look * 60_000)) == nil
      )
    }
    // Suspended for eight hours: both clocks have gone on.
    let suspended: Int64 = 8 * 3_600_000
    #expect(
      watch.look(wall: Timestamp(milliseconds: Self.epoch + 3_660_000 + suspended), boot: 3_600_000 + suspended) == nil)
  }

  @Test(arguments: [86_400_000, -86_400_000, 3_600_000, -3_600_000, 2_001, -2_001, Self.epoch, -Self.epoch] as [Int64])
  func eachStepIsToldOnce(step: Int64) {
    var watch = ClockWatch(wall: Timestamp(milliseconds: Self.epoch), boot: 0)
    #expect(watch.look(wall: Timestamp(milliseconds: Self.epoch + 1_000 + step), boot: 1_000) == .milliseconds(step))
    #expect(watch.look(wall: Timestamp(milliseconds: Self.epoch + 2_000 + step), boot: 2_000) == nil)
    #expect(watch.look(wall: Timestamp(milliseconds: Self.epoch + 3_000), boot: 3_000) == .milliseconds(-step))
  }

  @Test func whenAClockIsUnset() {
    #expect(ClockWatch.isUnset(Timestamp(milliseconds: 0)))
    #expect(!ClockWatch.isUnset(Timestamp(milliseconds: Self.epoch)))
  }
}
