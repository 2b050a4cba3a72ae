import Foundation
import ImageModel
import Testing

@Suite struct SafeTextTests {
  /// What has been used against terminals and logs: CWE-150, CVE-2021-25743, Trojan Source, tag characters.
  @Test(arguments: [
    ("\u{1b}[2J\u{1b}[1;1H", #"\u{1b}[2J\u{1b}[1;1H"#), ("a\r\nlevel=error", #"a\u{d}\u{a}level=error"#),
    ("\u{9b}31m", #"\u{9b}31m"#), ("\u{0}\u{7}\u{8}\u{7f}", #"\u{0}\u{7}\u{8}\u{7f}"#),
    ("\u{1b}]0;title\u{7}", #"\u{1b}]0;title\u{7}"#), ("user\u{202e}txt.exe", #"user\u{202e}txt.exe"#),
    ("\u{2066}a\u{2069}", #"\u{2066}a\u{2069}"#), ("\u{61c}x", #"\u{61c}x"#),
    ("a\u{200b}b\u{feff}", #"a\u{200b}b\u{feff}"#),
    ("l\u{2028}m\u{2029}n", #"l\u{2028}m\u{2029}n"#), ("\u{e0041}", #"\u{e0041}"#), ("\u{ad}", #"\u{ad}"#),
    ("\u{85}\t", #"\u{85}\u{9}"#),
  ])
  func escapes(text: String, expected: String) {
    #expect(text.safe() == expected)
    #expect(text.safe().safe() == expected)
  }

  @Test(arguments: ["", "plain text", "größer 日本語 😀 e\u{301}", #"C:\path "quoted""#, "…"])
  func leavesTextAlone(text: String) {
    #expect(text.safe() == text)
  }

  @Test func isCut() {
    #expect(String(repeating: "a", count: 512).safe() == String(repeating: "a", count: 512))
    #expect(String(repeating: "a", count: 513).safe() == String(repeating: "a", count: 512) + "…")
    #expect("abcdef".safe(limit: 3) == "abc…")
    #expect(String(repeating: "a", count: 600).safe().safe() == String(repeating: "a", count: 512) + "…")
  }

  @Test func failuresAreSafeAndBounded() {
    let long = "\u{1b}[31m" + String(repeating: "x", count: 1_000_000)
    let failure = CheckFailure(.denied, long, remedy: long)
    for text in [failure.what, failure.remedy ?? "", failure.message] {
      #expect(text.hasPrefix(#"\u{1b}[31mx"#))
      #expect(text.utf8.count < 1_100)
    }
  }

  @Test func aFailureSaysWhatHappenedAndWhatToDo() {
    #expect(CheckFailure(.denied, "what", remedy: "do\tthis").message == #"what: do\u{9}this"#)
    #expect(CheckFailure(.denied, "what").message == "what")
  }

  /// The database keeps the message.
  @Test(arguments: ["what", "what\u{7}", String(repeating: "x", count: 2_000)])
  func aFailureComesBackFromItsMessage(what: String) {
    let failure = CheckFailure(.denied, what, remedy: "do this")
    let again = CheckFailure(failure.code, failure.message)
    #expect(again.message == failure.message)
    #expect(again.remedy == nil)
  }
}

@Suite struct JSONOutputTests {
  @Test(arguments: [
    (JSONOutput.null, "null"), (true, "true"), (false, "false"), (0, "0"), (-42, "-42"),
    (.int(.max), "9223372036854775807"), (.int(.min), "-9223372036854775808"), ("", #""""#), (.array([]), "[]"),
    (.object([]), "{}"), (.array([1, "a", nil]), #"[1,"a",null]"#), (.text(Digest?.none), "null"),
    (.members(["b": 1, "a": .array([.members(["c": nil])])]), #"{"b":1,"a":[{"c":null}]}"#), (.number(nil), "null"),
    (.number(7), "7"), (.members(["x": .raw(Array(#"{"z": 1}"#.utf8)), "y": 2]), #"{"x":{"z": 1},"y":2}"#),
    (.text(MediaType.ociIndex), #""application/vnd.oci.image.index.v1+json""#),
  ])
  func writes(value: JSONOutput, expected: String) {
    #expect(String(decoding: value.bytes, as: UTF8.self) == expected)
  }

  @Test(arguments: [
    ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{1f}\u{8}\u{c}", ##""\u0000\u001f\u0008\u000c""##),
    ("\u{7f}\u{80}\u{9f}", ##""\u007f\u0080\u009f""##), ("\u{2028}\u{202e}\u{feff}", ##""\u2028\u202e\ufeff""##),
    ("é日😀", #""é日😀""#), ("\u{e0041}", ##""\udb40\udc41""##),
  ])
  func escapes(text: String, expected: String) throws {
    let bytes = JSONOutput.string(text).bytes
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
    #expect(try parsed(bytes) as? String == text)
  }

  /// Any text comes back as it went in, keys too, and the document stays one line.
  @Test func everyScalarReadsBack() throws {
    var texts: [String] = []
    var batch = String.UnicodeScalarView()
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value), value < 0x3100 || value % 251 == 0 || value > 0xe0000 && value < 0xe0100
      else { continue }
      batch.append("|")
      batch.append(scalar)
      if batch.count > 400 {
        texts.append(String(batch))
        batch.removeAll()
      }
    }
    texts.append(String(batch))
    let document = JSONOutput.object([
      .init("values", .array(texts.map { .string($0) })), .init("\"\u{1b}\n", true),
    ]).bytes
    #expect(!document.contains { $0 < 0x20 || $0 == 0x7f })
    let object = try #require(try parsed(document) as? [String: Any])
    let values = try #require(object["values"] as? [String])
    #expect(values.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
    #expect(object["\"\u{1b}\n"] as? Bool == true)
  }

  private func parsed(_ bytes: [UInt8]) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
  }
}
