import ImageModel
import Testing
import Transport

@Suite struct RetryAfterTests {
  /// 2023-11-14T22:13:20Z.
  static let now = Timestamp(milliseconds: 1_700_000_000_000)

  @Test(
    arguments: [
      ("120", 120), ("0", nil), ("  7 ", 7), ("21600", 21_600), ("21601", 21_600), ("99999999", 21_600),
      ("99999999999999999999999999", 21_600), ("-5", nil), ("1.5", nil), ("", nil), ("soon", nil), ("1e3", nil),
      ("0x10", nil),
      // Docker Hub has sent Unix times (hub-feedback#2459).
      ("1700000030", 30), ("1700090000", 21_600), ("1699999999", nil), ("1700000000", nil), ("1000000001", nil),
      ("Tue, 14 Nov 2023 22:14:20 GMT", 60), ("Tuesday, 14-Nov-23 22:14:20 GMT", 60), ("Tue Nov 14 22:14:20 2023", 60),
      ("Tue, 14 Nov 2023 22:12:20 GMT", nil), ("Fri, 31 Dec 9999 23:59:59 GMT", 21_600),
      ("Tue, 99 Nov 2023 22:14:20 GMT", nil), ("Tue, 14 Foo 2023 22:14:20 GMT", nil), ("Tue, 14 Nov 2023", nil),
    ] as [(String, Int?)])
  func reads(_ text: String, _ expected: Int?) {
    #expect(RetryAfter.seconds(text, now: Self.now, limit: 21_600) == expected)
  }

  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
      ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Sun, 06 Nov 1994 24:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49 GMT", nil), ("Sun, 06 Nov 1894 08:49:37 GMT", nil), ("", nil),
      (String(repeating: "Sun ", count: 50), nil),
    ] as [(String, Int64?)])
  func readsDates(_ text: String, _ expected: Int64?) {
    #expect(HTTPDate.time(text)?.milliseconds == expected.map { $0 * 1_000 })
  }
}
