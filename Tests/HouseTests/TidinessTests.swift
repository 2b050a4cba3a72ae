import Testing

@Suite struct TidinessTests {
  private static let lineColumns = 120
  /// What ends the process where an error should be returned, and what should be done before it is committed.
  private static let unwanted = ["try!", "fatalError(", "TODO", "FIXME"]
  /// A test that waits for ever for a process says nothing. `Child` of `TestSupport` waits with a deadline. The XCTest
  /// cases of a bundle are not run, and who is not the right user has to be told so: `.enabled(if:)`.
  private static let unwantedInTests = [
    "waitUntilExit" + "()", "readDataToEnd" + "OfFile()", "= Process" + "()", "import " + "XCTest",
    "guard gete" + "uid()",
  ]

  @Test(arguments: [("Sources", 350), ("Tests", 400)]) func filesAreShort(folder: String, lines: Int) throws {
    let files = try folder == "Sources" ? House.sources("swift") : House.tests("swift")
    #expect(files.count > 50)
    House.expectNone(Self.tooLong(files, lines: lines))
  }

  @Test func aLongFileIsFound() {
    let file = House.SourceFile("Sources/A/B.swift", "1\n2\n3\n")
    House.expectNone(Self.tooLong([file], lines: 3))
    #expect(Self.tooLong([file], lines: 2) == ["Sources/A/B.swift has 3 lines"])
  }

  @Test func linesAreShort() throws { House.expectNone(Self.tooWide(try House.sources("swift", "h", "c"))) }

  @Test func aLongLineIsFound() {
    let wide = String(repeating: "x", count: Self.lineColumns)
    let file = House.SourceFile("Sources/A/B.swift", "\(wide)\n\(wide)y\n")
    #expect(Self.tooWide([file]) == ["Sources/A/B.swift:2 has 121 columns"])
  }

  @Test func nothingUnwanted() throws {
    House.expectNone(Self.finding(Self.unwanted, in: try House.sources("swift", "h", "c")))
    House.expectNone(Self.finding(Self.unwantedInTests, in: try House.tests("swift")))
  }

  @Test(arguments: unwanted + unwantedInTests) func whatIsUnwantedIsFound(text: String) {
    let file = House.SourceFile("Tests/A/B.swift", "let a = 1\n  \(text)\n")
    #expect(Self.finding([text], in: [file]) == ["Tests/A/B.swift:2 has \(text)"])
  }

  // MARK: Checks

  private static func tooLong(_ files: [House.SourceFile], lines: Int) -> [String] {
    files.map { ($0.path, $0.lines.count - 1) }.filter { $0.1 > lines }.map { "\($0.0) has \($0.1) lines" }
  }

  private static func tooWide(_ files: [House.SourceFile]) -> [String] {
    files.flatMap { file in
      file.lines.enumerated().filter { $0.element.count > lineColumns }
        .map { "\(file.path):\($0.offset + 1) has \($0.element.count) columns" }
    }
  }

  private static func finding(_ texts: [String], in files: [House.SourceFile]) -> [String] {
    files.flatMap { file in
      file.lines.enumerated().flatMap { index, line in
        texts.filter(line.contains).map { "\(file.path):\(index + 1) has \($0)" }
      }
    }
  }
}
