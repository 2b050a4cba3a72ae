import Foundation
import ImageModel
import Messages
import StrictJSON
import TestSupport
import Testing

/// Bodies of people's own.
@Suite struct BodyTemplateTests {
  private static let limits = JSONLimits(bytes: 1 << 20, values: 10_000)

  private func template(_ text: String) throws -> BodyTemplate {
    try BodyTemplate(try StrictJSON.parse(Array(text.utf8), limits: Self.limits))
  }

  private func body(_ text: String, _ sample: String = "image.changed") throws -> String {
    String(
      decoding: try template(text).body(Message(document: SampleDocuments.document(sample))), as: UTF8.self)
  }

  @Test func namesAreFilledIn() throws {
    #expect(
      try body(#"{"a": ["{{image}}: {{class}}", 1.50, true, null, {"b": "{{ platforms }}"}], "c": "{{label.team}}"}"#)
        == #"{"a":["amazonlinux:latest: content",1.50,true,null,{"b":"linux/amd64, linux/arm64"}],"c":"base"}"#)
    #expect(try body(#""{{sequence}} {{type}} {{label.none}}{{link}}""#) == #""000000000042 watcher.image.changed ""#)
    #expect(try body(#""{{summary}}""#, "test") == #""a test of the sink ops: no image has changed""#)
    #expect(
      try body(#""{{registry}}/{{repository}}:{{tag}}@{{digest}}""#).contains("docker.io/library/amazonlinux:latest@"))
    let (before, after) = (try Samples.digest("0a48188c"), try Samples.digest("d389c8c3"))
    #expect(try body(#""{{old_image_id}} {{new_image_id}}""#) == "\"\(before) \(after)\"")
  }

  /// What looks like half a name is text.
  @Test func theRestStays() throws {
    #expect(try body(#"{"{a}": "}} { {", "x": "{a}"}"#) == #"{"{a}":"}} { {","x":"{a}"}"#)
  }

  @Test(arguments: [
    (#""a {{sumary}}""#, 2, TextTemplate.Mistake.Problem.unknown("sumary")), (#""{{}}""#, 0, .unknown("")),
    (#"["x", {"y": "{{label.}}"}]"#, 0, .unknown("label.")), (#""é{{ open""#, 2, .open),
    (#""{{a{{summary}}""#, 0, .unknown("a{{summary")), (#"{"a": [{"b {{summary}}": 1}]}"#, 2, .key),
  ])
  func mistakesHaveAPlace(text: String, index: Int, problem: TextTemplate.Mistake.Problem) throws {
    let json = try StrictJSON.parse(Array(text.utf8), limits: Self.limits)
    do throws(TextTemplate.Mistake) {
      _ = try BodyTemplate(json)
      Issue.record("it is taken")
    } catch {
      #expect(error.index == index && error.problem == problem)
    }
  }

  /// The shape of a value: what no event may change.
  private func shape(_ json: JSONValue) -> String {
    switch json.kind {
    case .array(let values): "[" + values.map(shape).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\($0.key.debugDescription):\(shape($0.value))" }.joined(separator: ",") + "}"
    case .string: "s"
    case .null, .bool, .number: "v"
    }
  }

  /// Whatever an event holds, for whatever template: the document is of its shape.
  @Test(arguments: 0..<200) func noEventChangesTheShape(_ stream: UInt64) throws {
    var random = TestRandom(stream: stream)
    let pieces = ["\"", "\\", "}", "{{summary}}", "\u{0}", "\n", "\u{2028}", "\u{1b}", "]", ",", "😀", "a", "{{", ":"]
    func hostile() -> String {
      (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
    let event = JSONOutput.members([
      "id": .string(hostile()), "sequence": "000000000001", "type": "watcher.image.changed",
      "time": "2026-09-17T21:30:05.123Z",
      "data": .members([
        "summary": .string(hostile()), "registry": "docker.io", "repository": "library/a", "tag": .string(hostile()),
        "pull": .string(hostile()), "digest": .string(hostile()), "labels": .members(["team": .string(hostile())]),
        "changes": .array([]), "error": .members(["code": "dns", "message": .string(hostile())]),
      ]),
    ]).bytes
    func written(_ depth: Int) -> JSONOutput {
      let names = MessageFact.Name.allCases.map(\.rawValue) + ["label.team"]
      switch Int.random(in: 0..<(depth > 2 ? 2 : 4), using: &random) {
      case 0: return .string("x {{\(names.randomElement(using: &random) ?? "id")}} {{summary}}")
      case 1: return .number(Int.random(in: 0..<9, using: &random))
      case 2: return .array((0..<3).map { _ in written(depth + 1) })
      default: return .object((0..<3).map { .init("k\($0)", written(depth + 1)) })
      }
    }
    let template = try StrictJSON.parse(written(0).bytes, limits: Self.limits)
    let body = try BodyTemplate(template).body(Message(document: event))
    #expect(shape(try StrictJSON.parse(body, limits: Self.limits)) == shape(template))
  }
}
