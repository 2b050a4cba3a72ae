import FoundationEssentials
import ImageModel
import Testing

@testable import Config

/// The files beside this one.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fixtures")
  static let good = names("good")
  static let bad = names("bad")

  static func bytes(_ path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: folder.appending(path: path)))
  }

  /// A good configuration by its name.
  static func config(_ name: String) throws -> WatchConfig {
    try WatchConfig.parse(bytes("good/\(name).json"), path: "\(name).json")
  }

  /// The names of the configurations in a folder, without their ending; empty if it cannot be read.
  private static func names(_ kind: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: kind).path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }
}

@Suite struct FixtureTests {
  @Test func areThere() {
    #expect(Fixtures.good.count >= 10)
    #expect(Fixtures.bad.count >= 40)
  }

  @Test(arguments: Fixtures.good) func good(_ name: String) throws {
    #expect(throws: Never.self) { try Fixtures.config(name) }
  }

  /// Line, column, words, source line, caret and hint, of all problems and in their order.
  @Test(arguments: Fixtures.bad) func bad(_ name: String) throws {
    let bytes = try Fixtures.bytes("bad/\(name).json")
    let expected = try String(decoding: Fixtures.bytes("bad/\(name).expected"), as: UTF8.self)
    let problems = try #require(throws: ConfigProblems.self) {
      try WatchConfig.parse(bytes, path: "\(name).json")
    }
    #expect(problems.rendered + "\n" == expected)
    #expect(!problems.rendered.contains("canary"), "a secret is repeated")
    for problem in problems.problems {
      #expect(problem.path == "\(name).json" && problem.severity == .error)
      #expect(problem.rendered.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
      #expect(problem.rendered.utf8.count < 1_500)
    }
  }

  @Test func exampleAtTheRootRunsAsItIs() throws {
    let root = Fixtures.folder.appending(path: "../../..").standardized
    let bytes = try Array(Data(contentsOf: root.appending(path: "config.example.json")))
    let config = try WatchConfig.parse(bytes, path: "config.example.json")
    #expect(config.watch.map(\.tag.description).contains("docker.io/library/amazonlinux:latest"))
    #expect(config.watch.count > 3)
    #expect(config.warnings.isEmpty && config.places.isEmpty)
    #expect(config.database == nil && config.sinks.allSatisfy { $0.kind == .stdout })
  }
}
