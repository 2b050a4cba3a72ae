import Testing

@Suite struct TidinessTests {
  private static let fileLines = 350
  private static let lineColumns = 120
  /// What ends the process where an error should be returned, and what should be done before it is committed.
  private static let unwanted = ["try!", "fatalError(", "TODO", "FIXME"]

  @Test func filesAreShort() throws {
    for file in try House.sources("swift") {
      let count = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(count <= Self.fileLines, "\(file.path) has \(count) lines")
    }
  }

  @Test func linesAreShort() throws {
    for file in try House.sources("swift", "h", "c") {
      for (index, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      where line.count > Self.lineColumns {
        Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
      }
    }
  }

  /// A test that waits for ever for a process says nothing. `Child` of `TestSupport` waits with a deadline.
  @Test func testsDoNotWaitForEver() throws {
    let unbounded = ["waitUntilExit" + "()", "readDataToEnd" + "OfFile()", "= Process" + "()"]
    for file in try House.tests("swift") {
      for text in unbounded where file.text.contains(text) { Issue.record("\(file.path) has \(text)") }
    }
  }

  @Test func nothingUnwanted() throws {
    for file in try House.sources("swift", "h", "c") {
      for (index, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        for text in Self.unwanted where line.contains(text) {
          Issue.record("\(file.path):\(index + 1) has \(text)")
        }
      }
    }
  }
}
