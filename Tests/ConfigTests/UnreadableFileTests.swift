import FoundationEssentials
import Testing

@testable import Config

@Suite struct UnreadableFileTests {
  @Test func eachUnreadableFileIsNamedAtItsPlace() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "config-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("x".utf8).write(to: folder.appending(path: "there"))
    let text = """
      { "registries": {
        "a.example": { "token_file": "\(folder.path)/there" },
        "b.example": { "token_file": "\(folder.path)/missing", "ca_file": "\(folder.path)" },
        "c.example": { "token_file": { "credential": "there" } },
        "d.example": { "token_file": { "credential": "missing" } } } }
      """
    let config = try WatchConfig.parse(Array(text.utf8), path: "c.json")

    let inside = config.unreadableFiles(environment: ["CREDENTIALS_DIRECTORY": folder.path])
    #expect(inside.map(\.line) == [3, 3, 5])
    #expect(inside[0].message.hasSuffix("missing\" cannot be read: No such file or directory"))
    #expect(inside[0].rendered.hasPrefix("c.json:3:32: error: \"token_file\": "))
    #expect(inside[1].message.hasSuffix("cannot be read: it is a directory"))

    let outside = config.unreadableFiles(environment: [:])
    #expect(outside.map(\.line) == [3, 3, 4, 5])
    #expect(outside.map(\.severity) == [.error, .error, .warning, .warning])
    #expect(outside[2].message.contains("CREDENTIALS_DIRECTORY"))
  }
}
