import StrictJSON
import Testing

/// `StrictJSON.parseOutline` beside the reader of the whole document.
@Suite struct OutlineTests {
  private static func whole(_ bytes: [UInt8], _ limits: JSONLimits = Cases.limits) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) in try StrictJSON.parseCollectingRepeatedKeys(bytes, limits: limits).value }
  }

  private static func outline(_ bytes: [UInt8], _ limits: JSONLimits = Cases.limits) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) in
      try StrictJSON.parseOutline(bytes, keeping: ["kept", "other"], limits: limits).value
    }
  }

  private static func error(_ result: Result<JSONValue, JSONError>) -> JSONError? {
    if case .failure(let error) = result { error } else { nil }
  }

  private static let refusals =
    Cases.structure + Cases.numbers + Cases.literals + Cases.strings + Cases.encoding + Cases.keys

  /// What is no JSON is refused in the same words wherever it stands: alone, in what is passed over, in what is kept.
  @Test(arguments: refusals) func whatIsNoJSONIsRefusedAlike(_ row: Refusal) {
    for (before, after) in [("", ""), ("{\"a\":", "}"), ("{\"a\":[{\"b\":", "}]}"), ("{\"kept\":[", "]}")] {
      let bytes = Array(before.utf8) + row.bytes + Array(after.utf8)
      #expect(Self.error(Self.outline(bytes)) == Self.error(Self.whole(bytes)), "\(before)")
    }
  }

  @Test(arguments: [
    "[[[1]]]", "{\"a\":[[1]]}", "{\"a\":{\"b\":{}}}", "{\"a\":[1,2,3,4]}", "{\"a\":1,\"b\":2,\"c\":[3]}",
  ])
  func limitsHoldForWhatIsPassedOver(_ text: String) {
    for limits in [JSONLimits(depth: 2, bytes: 100, values: 100), JSONLimits(bytes: 100, values: 4)] {
      let bytes = Array(text.utf8)
      #expect(Self.error(Self.outline(bytes, limits)) == Self.error(Self.whole(bytes, limits)))
    }
    let bytes = Array(text.utf8)
    let limits = JSONLimits(bytes: bytes.count - 1, values: 100)
    #expect(Self.error(Self.outline(bytes, limits))?.code == .tooLarge)
  }

  @Test func onlyWhatIsKeptIsThere() throws {
    let text = #"""
      {"a": [1, "two"], "k\u0065pt": {"x": ["é\n", {"kept": null}]}, "b": "text", "c": {"kept": 1}, "d": -1.5,
       "other": "there", "e": true, "f": null, "ké": {}}
      """#
    let whole = try Self.whole(Array(text.utf8)).get()
    let outline = try Self.outline(Array(text.utf8)).get()
    #expect(outline["kept"] == whole["kept"] && outline["other"]?.string == "there")
    #expect(outline.object?.map(\.key) == whole.object?.map(\.key))
    #expect(outline.object?.map(\.keyRange) == whole.object?.map(\.keyRange))
    #expect(outline.object?.map(\.value.range) == whole.object?.map(\.value.range))
    #expect(outline["a"]?.array == [] && outline["b"]?.string == "" && outline["c"]?.object == [])
    #expect(outline["d"] == whole["d"] && outline["e"]?.bool == true && outline["f"]?.isNull == true)
  }

  @Test(arguments: ["[{\"kept\": 1}]", "\"kept\"", "1", "null"]) func whatIsNoObjectHasNothingToKeep(_ text: String)
    throws
  {
    let outline = try Self.outline(Array(text.utf8)).get()
    #expect(try outline.range == Self.whole(Array(text.utf8)).get().range)
    #expect(outline.object == nil && outline.array ?? [] == [] && outline.string ?? "" == "")
  }

  @Test func repeatedKeysAreNoticedAtTheTopAndInWhatIsKept() throws {
    let text = #"{"a":{"x":1,"x":2},"kept":{"y":1,"y":2},"a":3,"kept":{"z":1,"z":2}}"#
    let (value, repeated) = try StrictJSON.parseOutline(Array(text.utf8), keeping: ["kept"], limits: Cases.limits)
    let all = try StrictJSON.parseCollectingRepeatedKeys(Array(text.utf8), limits: Cases.limits).repeatedKeys
    #expect(all.count == 5)
    #expect(repeated == Array(all.dropFirst()), "all but those in what is passed over")
    #expect(value["kept"]?.object?.map(\.key) == ["y"])
  }
}
