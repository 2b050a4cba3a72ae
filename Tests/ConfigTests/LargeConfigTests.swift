import ImageModel
import Testing

@testable import Config

@Suite struct LargeConfigTests {
  private func watchlist(_ count: Int, _ entry: (Int) -> String, separator: String = ",\n") -> [UInt8] {
    Array(("{\"watch\":[\n" + (0..<count).map(entry).joined(separator: separator) + "]}").utf8)
  }

  @Test(.timeLimit(.minutes(2))) func manyTags() throws {
    let count = 100_000
    let bytes = watchlist(count) { "\"registry.example.com/team/app\($0):stable\"" }
    let config = try WatchConfig.parse(bytes, path: "c")
    #expect(config.watch.count == count)
    #expect(config.watch[count - 1].tag.path == "team/app\(count - 1)" && config.watch[count - 1].line == count + 1)
    // One list for all entries, not one each.
    let first = config.watch[0].sinks.withUnsafeBufferPointer(\.baseAddress)
    #expect(config.watch[count - 1].sinks.withUnsafeBufferPointer(\.baseAddress) == first)
  }

  /// A file without line breaks must not cost time by the square, nor must mistakes.
  @Test(.timeLimit(.minutes(2))) func manyMistakesOnOneLine() throws {
    let bytes = watchlist(50_000, { "\"example.com/App\($0)\"" }, separator: ",")
    let problems = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(bytes, path: "c") }
    #expect(problems.count == 50_000)
    #expect(problems.problems.count == 10_000)
    #expect(problems.rendered.hasSuffix("\nand 40000 more problems"))
    #expect(problems.rendered.utf8.count < 5_000_000)
    #expect(problems.problems.map(\.column) == problems.problems.map(\.column).sorted())
  }

  @Test(.timeLimit(.minutes(2))) func manyWarningsAndNotesAreKeptShort() throws {
    let bytes = watchlist(5_000) { "{\"repository\":\"index.docker.io/team/app\($0)\"}" }
    let config = try WatchConfig.parse(bytes, path: "c")
    #expect(config.repositories.count == 5_000)
    #expect(config.warnings.count == 100)
  }

  /// Each of them may give as many as it says.
  @Test(.timeLimit(.minutes(2))) func tooManyTagsOfRepositories() throws {
    let bytes = watchlist(1_001) { "{\"repository\":\"a.example/app\($0)\",\"max_tags\":1000}" }
    let problems = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(bytes, path: "c") }
    #expect(problems.count == 1 && problems.problems[0].message.contains("may come to 1001000 tags"))
  }

  @Test(.timeLimit(.minutes(2))) func tooManyTags() throws {
    let bytes = Array(("{\"watch\":[0" + String(repeating: ",0", count: Limits.watchedTags) + "]}").utf8)
    let problems = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(bytes, path: "c") }
    #expect(problems.count == 1 && problems.problems[0].message.contains("1000000"))
  }

  @Test func aDistantDuplicateNamesBothPlaces() throws {
    let bytes = watchlist(3_000) { $0 == 2_999 ? "{\"image\":\"docker.io/a/b7\"}" : "\"a/b\($0)\"" }
    let problems = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(bytes, path: "c") }
    #expect(
      problems.problems[0].message == "docker.io/a/b7:latest is in the watchlist twice, at 9:1 and at 3001:10")
  }

  /// The first of two equal keys is found without a search through all of them.
  @Test(.timeLimit(.minutes(1))) func manyRepeatedKeys() throws {
    let keys = (0..<50_000).map { "\"k\($0)\":\"\"" }
    let labels = (keys + keys).joined(separator: ",\n")
    let bytes = Array("{\"watch\":[{\"image\":\"a\",\"labels\":{\n\(labels)}}]}".utf8)
    let problems = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(bytes, path: "c") }
    #expect(problems.count == 50_001, "one for the number of labels")
    #expect(problems.problems[8_000].message == "this object has the key \"k7999\" already, at 8001:1")
    #expect(problems.problems[8_000].line == 58_001)
  }
}
