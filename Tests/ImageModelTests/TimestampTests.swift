import ImageModel
import Testing

@Suite struct TimestampTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (-1000, "1969-12-31T23:59:59.000Z"), (-86_400_001, "1969-12-30T23:59:59.999Z"),
      (1_789_680_605_123, "2026-09-17T21:30:05.123Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_709_164_800_000, "2024-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
      (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (2_147_483_648_000, "2038-01-19T03:14:08.000Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
  func writesAndReads(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    ("2026-09-17T21:30:05Z", "2026-09-17T21:30:05.000Z"), ("2026-09-17t21:30:05z", "2026-09-17T21:30:05.000Z"),
    ("2026-09-17T21:30:05.1Z", "2026-09-17T21:30:05.100Z"), ("2026-09-17T21:30:05.12Z", "2026-09-17T21:30:05.120Z"),
    ("2026-09-17T21:30:05.123999999Z", "2026-09-17T21:30:05.123Z"),
    ("2026-09-17T21:30:05.000000001Z", "2026-09-17T21:30:05.000Z"),
    ("2026-09-17T23:30:05+02:00", "2026-09-17T21:30:05.000Z"),
    ("2026-09-17T16:00:05.5-05:30", "2026-09-17T21:30:05.500Z"),
    ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
    ("2026-09-17T21:30:05-00:00", "2026-09-17T21:30:05.000Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"), ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
  ])
  func reads(text: String, expected: String) {
    #expect(Timestamp(rfc3339: text)?.description == expected)
  }

  @Test(arguments: [
    "", "2026", "2026-09-17", "2026-09-17T21:30:05", "2026-09-17 21:30:05Z", "2026-09-17T21:30Z",
    "2026-13-17T21:30:05Z", "2026-00-17T21:30:05Z", "2026-09-00T21:30:05Z", "2026-09-31T21:30:05Z",
    "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-09-17T24:00:00Z",
    "2026-09-17T21:60:05Z", "2026-09-17T21:30:61Z", "2026-09-17T21:30:05.Z", "2026-09-17T21:30:05,1Z",
    "2026-09-17T21:30:05+2:00", "2026-09-17T21:30:05+0200", "2026-09-17T21:30:05+24:00", "2026-09-17T21:30:05+02:60",
    "2026-09-17T21:30:05 02:00", "2026-09-17T21:30:05ZZ", "2026-09-17T21:30:05Z\n", " 2026-09-17T21:30:05Z",
    "+026-09-17T21:30:05Z", "2026-9-17T21:30:05.0Z", "20260917T213005.000Z", "-2026-09-17T21:30:05Z",
    "٢٠٢٦-09-17T21:30:05Z", "2026-09-17T21:30:05." + String(repeating: "1", count: 1_000_000) + "Z",
  ])
  func refuses(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  /// A day in every thirteen of eight hundred years, at a time that differs each day.
  @Test func roundTrip() {
    for day in stride(from: Int64(-150_000), through: 150_000, by: 13) {
      let time = Timestamp(milliseconds: day * 86_400_000 + (day * 7_919_777).magnitudeModulo(86_400_000))
      guard Timestamp(rfc3339: time.description) == time else {
        Issue.record("\(time.milliseconds) prints as \(time)")
        return
      }
    }
  }

  /// A number out of a damaged database still prints as a time.
  @Test func farTimesAreBounded() {
    #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
    #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
    #expect(Timestamp(milliseconds: .max) > Timestamp(milliseconds: .min))
    #expect(Timestamp(rfc3339: "9999-12-31T23:59:59-01:00") == Timestamp(milliseconds: .max))
  }

  @Test func advancing() {
    #expect(Timestamp(milliseconds: 1_500).advanced(bySeconds: 60) == Timestamp(milliseconds: 61_500))
    #expect(Timestamp(milliseconds: 1_500).advanced(bySeconds: -2) == Timestamp(milliseconds: -500))
    #expect(Timestamp(milliseconds: 1) < Timestamp(milliseconds: 2))
  }
}

extension Int64 {
  fileprivate func magnitudeModulo(_ divisor: Int64) -> Int64 { Int64(magnitude % UInt64(divisor)) }
}
