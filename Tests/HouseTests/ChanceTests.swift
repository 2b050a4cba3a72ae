import Testing

/// What a test draws comes again with the seed that it has told: `TestRandom` of `TestSupport`.
@Suite struct ChanceTests {
  @Test func everythingIsDrawnWithAGenerator() throws {
    let files = try House.tests("swift").filter {
      $0.room != "HouseTests" && $0.path != "Tests/TestSupport/TestRandom.swift"
    }
    House.expectNone(Self.violations(in: files))
  }

  @Test(
    arguments: [
      "var random = SystemRandomNumberGenerator()", "Int.random(in: 0..<4)", "Bool.random()", "list.shuffled()",
      "list.shuffle()", "list.randomElement() ?? 0", "Int.random(in: (0..<2).lowerBound..<max(2, 3)) + f(using: &x)",
      "Double.random(\n  in: 0...1)", "arc4random()", "drand48()",
    ])
  func whatCannotComeAgainIsFound(text: String) {
    let file = House.SourceFile("Tests/ATests/B.swift", "let a = 1\nlet b = \(text)\n")
    #expect(Self.violations(in: [file]).count == 1)
    #expect(Self.violations(in: [file]).first?.hasPrefix("Tests/ATests/B.swift:2 draws without a seed: ") == true)
  }

  @Test(
    arguments: [
      "Int.random(in: 0..<4, using: &random)", "Bool.random(using: &random)", "list.shuffled(using: &random)",
      "list.randomElement(using: &random)", "plan.finish(0, random: &random)", "random.next()",
      "UInt32.random(\n  in: 0...f(1), using: &random)", "// Int.random(in: 0..<4)",
    ])
  func whatComesAgainIsNot(text: String) {
    House.expectNone(Self.violations(in: [House.SourceFile("Tests/ATests/B.swift", "let b = \(text)\n")]))
  }

  private static func violations(in files: [House.SourceFile]) -> [String] {
    files.flatMap { file in
      let text = file.text.replacing(/\/\/[^\n]*/, with: "")
      return text.matches(
        of: /SystemRandomNumberGenerator|arc4random|[dlm]rand48|\.(?:random|shuffled?|randomElement)\(/
      )
      .filter { match in
        guard match.output.hasSuffix("(") else { return true }
        return !arguments(text[match.range.upperBound...]).contains("using:")
      }
      .map { match in
        let line = text[..<match.range.lowerBound].count { $0 == "\n" } + 1
        return "\(file.path):\(line) draws without a seed: \(match.output)"
      }
    }
  }

  /// Up to the parenthesis that closes the call.
  private static func arguments(_ text: Substring) -> Substring {
    var depth = 1
    return text.prefix { character in
      depth += character == "(" ? 1 : character == ")" ? -1 : 0
      return depth > 0
    }
  }
}
