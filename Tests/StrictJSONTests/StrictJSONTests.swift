import StrictJSON
import Testing

private func parse(_ text: String) throws(JSONError) -> JSONValue {
  try StrictJSON.parse(Array(text.utf8), limits: Cases.limits)
}

private func refusal(_ bytes: [UInt8], _ limits: JSONLimits = Cases.limits) -> JSONError? {
  do {
    _ = try StrictJSON.parse(bytes, limits: limits)
    return nil
  } catch { return error }
}

private func check(_ row: Refusal) {
  let error = refusal(row.bytes)
  #expect(error?.code == row.code)
  #expect(error?.offset == row.offset)
  let message = error?.message ?? ""
  #expect(!message.isEmpty && message.utf8.count < 200 && !message.unicodeScalars.contains { $0.value < 0x20 })
}

@Suite struct RefusedDocuments {
  @Test(arguments: Cases.structure) func structure(_ row: Refusal) { check(row) }
  @Test(arguments: Cases.numbers) func numbers(_ row: Refusal) { check(row) }
  @Test(arguments: Cases.literals) func literals(_ row: Refusal) { check(row) }
  @Test(arguments: Cases.strings) func strings(_ row: Refusal) { check(row) }
  @Test(arguments: Cases.encoding) func encoding(_ row: Refusal) { check(row) }
  @Test(arguments: Cases.keys) func keys(_ row: Refusal) { check(row) }

  @Test func repeatedKeysCollected() throws {
    let text = "{\"a\":1,\"a\":{\"b\":1,\"b\":2},\"c\":3}"
    let (value, repeated) = try StrictJSON.parseCollectingRepeatedKeys(Array(text.utf8), limits: Cases.limits)
    #expect(repeated.map(\.offset) == [7, 18] && repeated.allSatisfy { $0.code == .repeatedKey })
    #expect(value.object?.map(\.key) == ["a", "c"] && value["a"]?.integer == 1)
  }

  /// What is bad alone is bad inside an array and as a member, and the place moves along.
  @Test(arguments: Cases.numbers + Cases.literals) func insideOthers(_ row: Refusal) {
    check(Refusal(Array("[1, ".utf8) + row.bytes + Array("]".utf8), row.code, 4))
    check(Refusal(Array("{\"k\":".utf8) + row.bytes + Array("}".utf8), row.code, 5))
  }
}

@Suite struct AcceptedDocuments {
  @Test(arguments: [
    "null", "true", "false", "0", "\"\"", "[]", "{}", " [ ] ", "\t{\r\n}\n", "[[]]", "[[],{}]", "[null,1,\"1\",{}]",
    "[1\n,2]", "{\"a\":[]}", "{\"\":0}", "{\"a\":1,\"A\":1}", "{\"a\":{\"a\":{\"a\":1}}}", "[\"//\", \"/* */\", \"#\"]",
    "{\"a\":1 , \"b\" : 2}", "[\"\u{7f}\"]", "\"\u{ffff}\"", "\"\u{10ffff}\"", "\"\u{feff}\"", "[\"\u{2028}\"]",
    "{\"e\u{301}\":1,\"\u{e9}\":2}", "{\"K\":1,\"\u{212a}\":2}", "[{\"a\":1},{\"a\":2}]", "\"\\u0000\"", "\"\\uFFFE\"",
  ])
  func wellFormed(_ text: String) throws {
    let value = try parse(text)
    let trimmed = text.drop { " \t".contains($0) }
    #expect(value.range.lowerBound == text.utf8.count - trimmed.utf8.count)
    #expect(value.range.upperBound <= text.utf8.count)
  }

  @Test(
    arguments: [
      ("0", 0, 0), ("-0", 0, -0.0), ("7", 7, 7), ("-12", -12, -12), ("9223372036854775807", Int64.max, 0x1p63),
      ("-9223372036854775808", Int64.min, -0x1p63), ("9223372036854775808", nil, 0x1p63), ("1.0", nil, 1),
      ("1e3", nil, 1000), ("1E+2", nil, 100), ("-0.0", nil, 0), ("2.5e-1", nil, 0.25), ("0e0", nil, 0),
      ("1e400", nil, Double.infinity), ("-1e400", nil, -Double.infinity), ("1e-400", nil, 0),
      ("123456789012345678901234567890", nil, 0x1.8ee90ff6c373ep96),
    ] as [(String, Int64?, Double)])
  func number(_ text: String, _ integer: Int64?, _ double: Double) throws {
    let value = try parse(text)
    guard case .number(let number) = value.kind else {
      Issue.record("\(text) is no number")
      return
    }
    #expect(number.text == text)
    #expect(number.integer == integer && value.integer == integer)
    #expect(number.double == double)
  }

  @Test(arguments: [
    ("\"plain\"", "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
    (#""\uD834\uDD1E""#, "\u{1d11e}"), (#""a\uDBFF\uDFFFz""#, "a\u{10ffff}z"), (#""\u0000""#, "\0"),
    (#""\uD7FF\uE000""#, "\u{d7ff}\u{e000}"), ("\"héllo wörld, 日本語 🙂\"", "héllo wörld, 日本語 🙂"),
    (#""\u005C\u0022""#, "\\\""), (#""日\n本""#, "日\n本"), (#""\\u0041""#, "\\u0041"), ("\"it's\"", "it's"),
  ])
  func string(_ text: String, _ expected: String) throws {
    #expect(try Array(parse(text).string?.utf8 ?? "".utf8) == Array(expected.utf8))
  }

  @Test func rangesAndAccess() throws {
    let text = #" {"a": [1, "é", null], "b\u0062": {"c": true}} "#
    let value = try parse(text)
    func piece(_ range: Range<Int>) -> String { String(decoding: Array(text.utf8)[range], as: UTF8.self) }
    #expect(piece(value.range) == text.dropFirst().dropLast())
    #expect(value["a"]?.array?.map { piece($0.range) } == ["1", "\"é\"", "null"])
    #expect(value["bb"]?["c"]?.bool == true)
    #expect(value.object?.map { piece($0.keyRange) } == ["\"a\"", "\"b\\u0062\""])
    #expect(value["a"]?.array?.last?.isNull == true)
    #expect(value["c"] == nil && value["a"]?["b"] == nil && value.string == nil && value.integer == nil)
  }

  @Test func keysAreComparedByBytes() throws {
    let value = try parse("{\"\u{212a}\":1,\"K\":2,\"e\u{301}\":3}")
    #expect(value["K"]?.integer == 2)
    #expect(value["\u{e9}"] == nil)
  }
}
