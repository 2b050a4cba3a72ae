import StrictJSON
import Testing

/// `StrictJSON.parse(_:knowing:limits:)` beside the reader of the whole document.
@Suite struct KnownKeysTests {
  private func known(_ text: String, _ limits: JSONLimits = Cases.limits) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) in try StrictJSON.parse(Array(text.utf8), knowing: ["a", "b"], limits: limits) }
  }

  @Test func nothingElseIsThere() throws {
    let value = try known(#"{"x": {"a": 1}, "a": [{"y": "secret", "b": {"\u0061": 2, "z": [3]}}], "b": "text"}"#).get()
    #expect(value.object?.map(\.key) == ["a", "b"] && value["b"]?.string == "text")
    let inner = value["a"]?.array?.first
    #expect(inner?.object?.map(\.key) == ["b"] && inner?["b"]?["a"]?.integer == 2 && inner?["b"]?.object?.count == 1)
    #expect(!"\(value)".contains("secret"))
    #expect(try known("[{\"a\": 1}, {\"x\": 1}]").get().array?.map { $0.object?.count } == [1, 0])
  }

  /// What is passed over is JSON all the same, and is counted.
  @Test func whatIsNoJSONIsRefused() throws {
    for text in [
      "{\"x\": }", "{\"x\": [1,]}", "{\"x\": \"\u{1}\"}", "{\"x\": 01}", "{\"a\": 1, \"a\": 2}", "{\"x\": 1} 2",
    ] {
      #expect(throws: JSONError.self, "\(text)") { try known(text).get() }
    }
    let text = "{\"x\": [[1, 2, 3]], \"a\": 1}"
    for limits in [JSONLimits(depth: 2, bytes: 100, values: 100), JSONLimits(bytes: 100, values: 6)] {
      #expect(throws: JSONError.self) { try known(text, limits).get() }
    }
    _ = try known(text, JSONLimits(depth: 3, bytes: 100, values: 7)).get()
  }

  /// Among many keys as among few.
  @Test func repeatedKeysAreNoticedAmongThose() throws {
    let many = (0..<100).map { "\"k\($0 % 50)\": \($0)" }.joined(separator: ", ")
    #expect(try known("{\(many), \"a\": 1, \(many)}").get().object?.count == 1)
    #expect(throws: JSONError.self) { try known("{\"a\": 1, \(many), \"a\": 1}").get() }
  }
}
