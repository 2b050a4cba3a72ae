import Testing

@testable import Config

/// `DatabaseSetting`, which reads no more than it must, beside the reader of all of it.
@Suite struct DatabaseTests {
  private static func setting(_ text: String) -> Result<DatabaseSetting, ConfigProblems> {
    Result { () throws(ConfigProblems) in try DatabaseSetting(in: Array(text.utf8), path: "/etc/w/c.json") }
  }

  private static func database(_ text: String) -> Result<String?, ConfigProblems> { setting(text).map(\.path) }

  private static func whole(_ text: String) -> Result<String?, ConfigProblems> {
    Result { () throws(ConfigProblems) in try WatchConfig.parse(Array(text.utf8), path: "/etc/w/c.json").database }
  }

  @Test(
    arguments: [
      ("{}", nil), (#"{"database": "/a.db"}"#, "/a.db"), (#"{"database": "a.db"}"#, "/etc/w/a.db"),
      (#"{"watch": ["a", {"image": "b", "labels": {"database": "no"}}], "database": "/late"}"#, "/late"),
      (#"{"d\u0061tabase": "/\u0061"}"#, "/a"), (#"{"watch": ["database"], "log": {}}"#, nil),
    ] as [(String, String?)])
  func isFound(_ text: String, _ database: String?) throws {
    #expect(Self.database(text) == .success(database))
    #expect(Self.whole(text) == .success(database))
    #expect(try !Self.setting(text).get().isBrokenElsewhere)
  }

  /// Whoever only wants to know where the database is goes on, and can tell that something is wrong.
  @Test(arguments: [
    #"{"database": "/a", "watch": [1, {"image": 2}, "b", "b"]}"#, #"{"database": "/a", "sinks": {"s": {"type": 1}}}"#,
    #"{"log": {"level": "x", "level": 1, "unknown": 2}, "database": "/a"}"#, #"{"http": 5, "database": "/a"}"#,
    #"{"database": "/a", "wacth": []}"#, #"{"watch": [], "watch": [], "database": "/a"}"#,
    #"{"database": "/a", "$schema": 5}"#,
  ]) func mistakesElsewhereDoNotMatter(_ text: String) throws {
    let setting = try Self.setting(text).get()
    #expect(setting.path == "/a" && setting.isBrokenElsewhere)
    #expect(throws: ConfigProblems.self) { try Self.whole(text).get() }
  }

  @Test(
    arguments: [
      (#"{"database": 5}"#, 1, 14), (#"{"database": null}"#, 1, 14), (#"{"database": ""}"#, 1, 14),
      (#"{"database": "a\u0000b"}"#, 1, 14), (#"{"database": ["/a"]}"#, 1, 14), (#"{"database": {"a": 1}}"#, 1, 14),
      ("{\"watch\": [\"é\",\n1],\n \"log\": {}, \"database\": 5}", 3, 25),
      ("{\"database\": \"/a\",\n\"database\": \"/b\"}", 2, 1), (#"{"database": "/a", "d\u0061tabase": "/a"}"#, 1, 20),
      ("{\"databse\": \"/a\"}", 1, 2), ("[]", 1, 1), ("", 1, 1),
      ("{\"database\": \"/a\"", 1, 18), ("{\"database\": \"/a\"} x", 1, 20),
      ("{\"database\": \"/a\", \"watch\": [1,]}", 1, 31),
      ("{\"database\": \"/a\", \"watch\": [\"\\x\"]}", 1, 31), ("\u{feff}{\"database\": \"/a\"}", 1, 1),
    ] as [(String, Int, Int)])
  func whatIsWrongIsToldAsTheWholeReaderTellsIt(_ text: String, _ line: Int, _ column: Int) throws {
    let problems = try #require(throws: ConfigProblems.self) { try Self.database(text).get() }
    #expect(Self.whole(text) == .failure(problems))
    #expect(problems.problems.contains { $0.line == line && $0.column == column }, "\(problems.rendered)")
  }

  @Test func secretsOnTheSameLineAreNotShown() throws {
    let url = #""sinks": {"o": {"type": "webhook", "url": "https://u:canary@e.com/"}}"#
    let problems = try #require(throws: ConfigProblems.self) {
      try Self.database("{\"databse\": \"/a\", \(url)}").get()
    }
    #expect(!problems.rendered.contains("canary"))
  }

  @Test(arguments: Fixtures.good) func goodFilesSayTheSame(_ name: String) throws {
    let bytes = try Fixtures.bytes("good/\(name).json")
    let setting = try DatabaseSetting(in: bytes, path: "c")
    #expect(try setting.path == WatchConfig.parse(bytes, path: "c").database && !setting.isBrokenElsewhere)
  }

  /// A bad one is refused in the same words, or for nothing that says where the database is.
  @Test(arguments: Fixtures.bad) func badFilesAreRefusedAlike(_ name: String) throws {
    let bytes = try Fixtures.bytes("bad/\(name).json")
    let whole = try #require(throws: ConfigProblems.self) { try WatchConfig.parse(bytes, path: "\(name).json") }
    do {
      let setting = try DatabaseSetting(in: bytes, path: "\(name).json")
      #expect(setting.path == nil && setting.isBrokenElsewhere)
      #expect(!whole.problems.contains { $0.message.contains("database") })
    } catch {
      #expect(error == whole)
    }
  }
}
