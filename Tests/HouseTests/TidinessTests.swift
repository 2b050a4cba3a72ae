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

  @Test func noBareNumberCrossesARoom() throws {
    let own = Self.wrappers
    House.expectNone(Self.bareNumbers(try House.sources("swift").filter { !own.contains($0.path) }))
  }

  @Test func aBareNumberIsFound() {
    let file = House.SourceFile(
      "Sources/A/B.swift",
      """
      package func after(_ sequence: Int64) {}
        private func wait(_ milliseconds: Int64) {}
      package protocol P: Sendable {
        func due(_ within: Int64)
      }
      package enum Next {
        case after(Int64)
        private static let most: Int64 = 3
        private static func sum() {
          var sum: Int64 = 0
        }
      }
      package init(seed: UInt64)
      package init(
        clock: @escaping () -> Int64 = { 0 },
        within: Int
      ) {
        let now: Int64 = clock()
      }
      """)
    #expect(
      Self.bareNumbers([file]).map { $0.prefix { $0 != " " } } == [1, 4, 7, 15].map { "Sources/A/B.swift:\($0)" })
  }

  // MARK: Checks

  /// What numbers are wrapped in, and what they are read from and written to. A `BootTime` also takes spans as numbers of
  /// its own unit, for the plan reckons with a million of them.
  private static let wrappers = [
    "Sources/Host/Clocks.swift", "Sources/ImageModel/BootTime.swift",
    "Sources/ImageModel/Identities.swift", "Sources/ImageModel/JSONOutput.swift", "Sources/ImageModel/Timestamp.swift",
    "Sources/StrictJSON/JSONValue.swift",
  ]

  /// What other rooms see of a file: what is `package`, and what such a protocol asks for and such an enum offers.
  private static func bareNumbers(_ files: [House.SourceFile]) -> [String] {
    files.flatMap { file in
      var isShared = false
      /// Of a declaration in parentheses that are still open.
      var open = 0
      return file.lines.enumerated().compactMap { index, line -> String? in
        if line.contains("package protocol ") || line.contains("package enum ") { isShared = true }
        if line == "}" { isShared = false }
        let words = line.split { !($0.isLetter || $0.isNumber) }
        let isMember =
          isShared && !line.hasPrefix("   ") && (words.first == "func" || words.first == "var" || words.first == "case")
        let isSeen = open > 0 || words.contains("package") || isMember
        if isSeen { open = max(0, open + line.count { $0 == "(" } - line.count { $0 == ")" }) }
        return words.contains("Int64") && isSeen ? "\(file.path):\(index + 1) has a bare Int64: say what it is" : nil
      }
    }
  }

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
