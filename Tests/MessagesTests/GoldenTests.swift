import Foundation
import ImageModel
import Messages
import TestSupport
import Testing

/// What every service is sent for every event. WATCHER_WRITE_MESSAGES=1 writes it anew, for a person to read in the diff.
@Suite struct GoldenTests {
  static let folder = ProjectFile.path("Tests/MessagesTests/golden")

  static func setting(_ format: MessageFormat) -> MessageFormat.Setting {
    let given = [
      "topic": "images", "chat_id": "-1001", "room_id": "!r:example.org", "user": "u1", "repository": "o/r",
      "project": "group/project", "ref": "main",
    ]
    let url = if case .usually(let url) = format.url { url } else { "https://\(format.name).example/hook" }
    return .init(
      url: url, token: format.token == nil ? "" : "TOKEN",
      parameters: given.filter { name, _ in format.parameters.contains { $0.name == name } })
  }

  private func text(_ format: MessageFormat) -> String {
    SampleDocuments.all.map { name, document in
      let request = format.request(Message(document: document), Self.setting(format))
      let headers = request.headers.map { "\($0.name): \($0.value)\n" }.joined()
      return """
        === \(name)
        \(request.method.rawValue) \(request.url)
        Content-Type: \(request.contentType)
        \(headers)
        \(String(decoding: request.body, as: UTF8.self))

        """
    }.joined()
  }

  @Test(arguments: MessageFormat.all.map(\.name)) func bodies(name: String) throws {
    let format = try #require(MessageFormat.named(name))
    let path = "\(Self.folder)/\(name).txt"
    let text = text(format)
    if ProcessInfo.processInfo.environment["WATCHER_WRITE_MESSAGES"] != nil {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func noneIsForgotten() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
    #expect(Set(files) == Set(MessageFormat.all.map { "\($0.name).txt" }))
    let types = SampleDocuments.all.map { Message(document: $0.document).type }
    #expect(Set(types).isSuperset(of: EventType.allCases.map(\.rawValue)))
  }
}
