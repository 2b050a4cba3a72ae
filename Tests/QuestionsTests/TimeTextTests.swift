import Glibc
import ImageModel
import TestSupport
import Testing

@testable import Questions

@Suite struct TimeTextTests {
  @Test(arguments: ["2026-09-17T21:30:05.999Z", "1969-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"])
  func timesAreUTC(text: String) throws {
    let time = try Samples.time(text)
    #expect(TimeText(isLocal: false)(time) == text.prefix(10) + " " + text.dropFirst(11).prefix(8))
    #expect(TimeText(isLocal: false)(nil) == "-")
  }

  /// Local time is UTC moved by the zone's offset at that time, whatever the zone of this machine.
  @Test(arguments: ["2026-01-17T21:30:05.999Z", "2026-07-17T21:30:05Z", "1969-12-31T23:59:59.999Z"])
  func timesAreLocal(text: String) throws {
    let time = try Samples.time(text)
    var seconds = time_t(time.milliseconds / 1000 - (time.milliseconds < 0 ? 1 : 0))
    var parts = tm()
    localtime_r(&seconds, &parts)
    let moved = time.advanced(bySeconds: parts.tm_gmtoff)
    // Behind it is an offset where that is not the one of now.
    #expect(TimeText(isLocal: true)(time).prefix(19) == TimeText(isLocal: false)(moved))
  }

  /// The offset of now is said once; a time with another one says so itself.
  @Test(
    arguments: [
      ("2026-07-01T00:00:00Z", "UTC+02:00", "2026-01-17 22:30:05+01:00", "2026-07-17 23:30:05"),
      ("2026-01-01T00:00:00Z", "UTC+01:00", "2026-01-17 22:30:05", "2026-07-17 23:30:05+02:00"),
    ])
  func offsetsAreNamed(now: String, zone: String, winter: String, summer: String) throws {
    let april = try Samples.time("2026-04-01T00:00:00Z")
    let times = TimeText(now: try Samples.time(now)) { $0 < april ? 3_600 : 7_200 }
    #expect(times.zone == zone)
    #expect(times(try Samples.time("2026-01-17T21:30:05Z")) == winter)
    #expect(times(try Samples.time("2026-07-17T21:30:05Z")) == summer)
    #expect(times.day(created: "2026-01-17T23:30:05Z") == "2026-01-18")
  }

  @Test(arguments: [(0, "UTC"), (-12_600, "UTC-03:30"), (20_700, "UTC+05:45"), (50_400, "UTC+14:00")])
  func zonesAreNamed(offset: Int, zone: String) {
    #expect(TimeText(now: Timestamp(milliseconds: 0)) { _ in offset }.zone == zone)
    #expect(TimeText(isLocal: false).zone == "UTC")
  }

  @Test(
    arguments: [
      ("2026-09-14T23:46:16Z", "2026-09-14", "2026-09-14 23:46:16"),
      ("2026-09-14T23:46:16.123456789+02:00", "2026-09-14", "2026-09-14 21:46:16"),
      ("soon\u{1b}[0m", "soon\\u{1b}[0m", "soon\\u{1b}[0m"), (nil, "-", "-"),
    ] as [(String?, String, String)])
  func createdIsWhatTheImageSays(text: String?, day: String, time: String) {
    #expect(TimeText(isLocal: false).day(created: text) == day)
    #expect(TimeText(isLocal: false).created(text) == time)
  }
}
