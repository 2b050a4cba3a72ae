import Config
import Foundation
import ImageModel
import Testing

@testable import watcher

@Suite struct ConfigFileTests {
  @Test(
    arguments: [
      (nil, [:], "/etc/watcher/config.json", false), (nil, ["WATCHER_CONFIG": ""], "/etc/watcher/config.json", false),
      (nil, ["WATCHER_CONFIG": "/a"], "/a", true), ("b", ["WATCHER_CONFIG": "/a"], "b", true),
    ] as [(String?, [String: String], String, Bool)])
  func isFound(option: String?, environment: [String: String], path: String, isNamed: Bool) {
    let file = ConfigFile(option: option, environment: environment)
    #expect(file.path == path)
    #expect(file.isNamed == isNamed)
  }

  @Test func isReadWhole() throws {
    try Self.withFile(#"{"database": "/d.db", "watch": ["amazonlinux", "ghcr.io/o/i:1"]}"#) { file in
      let config = try file.required()
      #expect(config.database == "/d.db")
      let optional = try file.optional()
      #expect(optional.watch.count == 2)
      let summary = ConfigCheckCommand.summary(try file.ready(), path: "/c\u{7}.json")
      #expect(summary == "/c\\u{7}.json: valid: 2 tags at 2 registries, 1 sink\n")
    }
    try Self.withFile("{}") { file in
      let summary = ConfigCheckCommand.summary(try file.required(), path: "c")
      #expect(summary == "c: valid: 0 tags, 1 sink\n")
    }
  }

  @Test func mistakesAreListed() throws {
    try Self.withFile(#"{"watsch": [], "watch": [1]}"#) { file in
      for read in [{ try file.required() }, file.optional, { try file.ready() }] {
        let error = #expect(throws: CommandError.self) { try read() }
        #expect(error?.status == .configuration)
        #expect(error?.message.contains("has 2 problems (\(file.path))") == true)
      }
    }
  }

  @Test func theDatabaseIsFoundWithoutTheRest() throws {
    try Self.withFile(#"{"watch": [1], "database": "d.db"}"#) { file in
      let directory = file.path.split(separator: "/").dropLast().joined(separator: "/")
      let database = try file.database()
      #expect(database == "/\(directory)/d.db")
    }
    try Self.withFile(#"{"watch": []}"#) { file in
      let database = try file.database()
      #expect(database == nil)
    }
    try Self.withFile("{\"watch\": [],\n\"database\": 1}") { file in
      var said: [String] = []
      let error = #expect(throws: CommandError.self) { try file.database { said.append($0) } }
      #expect(error?.status == .configuration)
      #expect(error?.message.contains("has 1 problem (\(file.path))") == true)
      #expect(said.count == 1 && said[0].hasPrefix("\(file.path):2:13: error: \"database\" must be a string"))
    }
    let missing = ConfigFile(option: "/nowhere/config.json", environment: [:])
    #expect(throws: CommandError.self) { try missing.database() }
  }

  @Test func namedFileMustBeThere() {
    let file = ConfigFile(option: "/nowhere/config.json", environment: [:])
    for read in [{ try file.required() }, file.optional] {
      let error = #expect(throws: CommandError.self) { try read() }
      #expect(error?.status == .configuration)
      #expect(error?.message.contains("/nowhere/config.json: No such file or directory") == true)
    }
  }

  private static func withFile(_ text: String, _ body: (ConfigFile) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(ConfigFile(option: path, environment: [:]))
  }
}
