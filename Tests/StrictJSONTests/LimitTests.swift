import StrictJSON
import Testing

private func outcome(_ text: String, _ limits: JSONLimits) -> JSONError.Code? { failure(text, limits)?.code }

private func failure(_ text: String, _ limits: JSONLimits) -> JSONError? {
  do {
    _ = try StrictJSON.parse(Array(text.utf8), limits: limits)
    return nil
  } catch { return error }
}

private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

@Suite struct Limits {
  private let wide = JSONLimits(bytes: 8 << 20, values: 10_000_000)

  @Test func depth() {
    let limits = JSONLimits(depth: 3, bytes: 100, values: 100)
    #expect(outcome("[[[1]]]", limits) == nil)
    #expect(outcome("[{\"a\":[]},[[]]]", limits) == nil)
    #expect(failure("[[[[", limits)?.offset == 3)
    #expect(outcome("[{\"a\":[{}]}]", limits) == .tooDeep)
    #expect(outcome(repeated("[", 64) + repeated("]", 64), wide) == nil)
    #expect(failure(repeated("[", 65) + repeated("]", 65), wide)?.offset == 64)
    #expect(outcome("1", JSONLimits(depth: 0, bytes: 9, values: 9)) == nil)
    #expect(outcome("[]", JSONLimits(depth: 0, bytes: 9, values: 9)) == .tooDeep)
  }

  @Test func depthIsBoundedWhateverIsAskedFor() {
    let limits = JSONLimits(depth: .max, bytes: 8 << 20, values: 10_000_000)
    let deepest = JSONLimits.deepest
    #expect(outcome(repeated("[", deepest) + repeated("]", deepest), limits) == nil)
    #expect(failure(repeated("[", 1_000_000), limits)?.offset == deepest)
    #expect(failure(repeated("{\"a\":", 800_000), limits)?.code == .tooDeep)
  }

  @Test func values() {
    let limits = JSONLimits(bytes: 100, values: 4)
    #expect(outcome("[1,2,3]", limits) == nil)
    #expect(failure("[1,2,3,4]", limits)?.offset == 7)
    #expect(failure("[1,{\"a\":[], \"b\":2}]", limits)?.code == .tooManyValues)
    #expect(failure("1", JSONLimits(bytes: 9, values: 0))?.code == .tooManyValues)
  }

  @Test func bytes() {
    let limits = JSONLimits(bytes: 4, values: 100)
    #expect(outcome("[12]", limits) == nil)
    #expect(failure("[12] ", limits).map { [$0.code.rawValue, "\($0.offset)"] } == ["too_large", "4"])
  }

  /// Repeated keys are found on both sides of the point where keys go into a set.
  @Test(arguments: [2, 11, 12, 13, 14, 30, 500]) func repeatedKeyAmongMany(_ count: Int) {
    let members = (0..<count).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
    #expect(outcome("{\(members)}", wide) == nil)
    for victim in [0, count / 2, count - 1] {
      let error = failure("{\(members),\"key\(victim)\":0}", wide)
      #expect(error?.code == .repeatedKey && error?.offset == members.utf8.count + 2)
    }
    #expect(outcome("{\(members),\"K\":1,\"\u{212a}\":2}", wide) == nil)
  }

  /// Time by the square would need minutes for these.
  @Test(.timeLimit(.minutes(1))) func hostileDocumentsTakeLinearTime() {
    let keys = (0..<200_000).map { "\"k\($0)\":0" }.joined(separator: ",")
    #expect(outcome("{\(keys)}", wide) == nil)
    #expect(outcome("\"" + repeated("\\n", 2_000_000) + "\"", wide) == nil)
    #expect(outcome(repeated("[", 4_000_000), wide) == .tooDeep)
    #expect(outcome(repeated("9", 4_000_000), wide) == nil)
    #expect(outcome("[" + repeated("[],", 1_000_000) + "1]", wide) == nil)
    #expect(outcome(repeated(" ", 4_000_000), wide) == .unexpectedEnd)
    #expect((failure(repeated("x", 4_000_000), wide)?.message.utf8.count ?? 0) < 200)
  }
}

@Suite struct SourceTextTests {
  private let text = SourceText(Array("ab\n\r\né日🙂x\r\nlast".utf8))

  @Test(arguments: [
    (0, 1, 1), (2, 1, 3), (3, 2, 1), (4, 2, 2), (5, 3, 1), (7, 3, 2), (10, 3, 3), (14, 3, 4), (17, 4, 1), (21, 4, 5),
    (-5, 1, 1), (900, 4, 5),
  ])
  func position(_ offset: Int, _ line: Int, _ column: Int) {
    let position = text.position(at: offset)
    #expect(position.line == line && position.column == column)
  }

  @Test func longLines() {
    let text = SourceText(
      Array((String(repeating: "é", count: 5_000) + "\n" + String(repeating: "x", count: 5_000)).utf8))
    for column in [1, 511, 512, 513, 1_024, 1_025, 4_999, 5_000, 5_001] {
      #expect(text.position(at: 2 * (column - 1)) == (1, column))
      #expect(text.position(at: 10_000 + column) == (2, column))
    }
    #expect(text.line(1).unicodeScalars.count == 5_000 && text.line(2).utf8.count == 5_000 && text.line(3).isEmpty)
  }

  @Test func lines() {
    #expect((0...5).map(text.line) == ["", "ab", "", "é日🙂x", "last", ""])
    #expect(SourceText([]).line(1).isEmpty)
    #expect(SourceText([]).position(at: 0) == (1, 1))
    #expect(SourceText(Array("a\n".utf8)).position(at: 2) == (2, 1))
  }
}
