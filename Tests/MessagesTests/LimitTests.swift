import Foundation
import ImageModel
import Messages
import TestSupport
import Testing

/// Limits of services, by their own documentation, and texts that mean no harm to nobody.
@Suite struct LimitTests {
  private func body(_ format: MessageFormat, _ name: String) -> [UInt8] {
    format.request(Message(document: SampleDocuments.document(name)), GoldenTests.setting(format)).body
  }

  private func json(_ format: MessageFormat, _ name: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(body(format, name))) as? [String: Any])
  }

  /// All strings of a document, however deep.
  private func strings(_ value: Any) -> [String] {
    switch value {
    case let text as String: [text]
    case let list as [Any]: list.flatMap(strings)
    case let object as [String: Any]: object.values.flatMap(strings)
    default: []
    }
  }

  @Test(arguments: MessageFormat.all.map(\.name)) func bodiesAreBounded(name: String) throws {
    let format = try #require(MessageFormat.named(name))
    for (sample, _) in SampleDocuments.all {
      #expect(body(format, sample).count <= format.bodyBytes, "\(sample)")
    }
  }

  private func each(_ format: MessageFormat, _ check: ([String: Any]) throws -> Void) throws {
    for (sample, _) in SampleDocuments.all { try check(try json(format, sample)) }
  }

  private func characters(_ text: String) -> Int { text.unicodeScalars.count }

  @Test func slack() throws {
    let format = try #require(MessageFormat.named("slack"))
    try each(format) { body in
      let blocks = try #require(body["blocks"] as? [[String: Any]])
      let texts = try blocks.map { try #require(($0["text"] as? [String: Any])?["text"] as? String) }
      for text in texts + [try #require(body["text"] as? String)] {
        #expect((1...3_000).contains(characters(text)))
        // A link or a mention begins so.
        #expect(!text.contains("<") && !text.contains(">"))
      }
      // Code ends where it is meant to.
      for text in texts.dropFirst() {
        #expect(text.split(separator: "```", omittingEmptySubsequences: false).count == 3)
      }
    }
  }

  @Test func discord() throws {
    let format = try #require(MessageFormat.named("discord"))
    try each(format) { body in
      #expect((body["allowed_mentions"] as? [String: [String]])?["parse"] == [])
      let embed = try #require((body["embeds"] as? [[String: Any]])?.first)
      let (title, description) = (embed["title"] as? String ?? "", embed["description"] as? String ?? "")
      #expect((1...256).contains(characters(title)) && characters(description) <= 4_096)
      #expect(characters(title) + characters(description) <= 6_000)
    }
  }

  @Test func telegram() throws {
    let format = try #require(MessageFormat.named("telegram"))
    try each(format) { body in
      let text = try #require(body["text"] as? String)
      #expect((1...4_096).contains(text.utf16.count) && body["parse_mode"] == nil)
      for entity in try #require(body["entities"] as? [[String: Any]]) {
        let (offset, length) = (entity["offset"] as? Int ?? -1, entity["length"] as? Int ?? 0)
        #expect(offset >= 0 && length > 0 && offset + length <= text.utf16.count)
      }
    }
  }

  @Test func pushover() throws {
    let format = try #require(MessageFormat.named("pushover"))
    for (sample, _) in SampleDocuments.all {
      var components = URLComponents()
      components.percentEncodedQuery = String(decoding: body(format, sample), as: UTF8.self)
      let fields = Dictionary(uniqueKeysWithValues: (components.queryItems ?? []).map { ($0.name, $0.value ?? "") })
      #expect((1...250).contains(characters(fields["title"] ?? "")))
      #expect((1...1_024).contains(characters(fields["message"] ?? "")), "\(sample)")
    }
  }

  @Test func github() throws {
    let format = try #require(MessageFormat.named("github"))
    try each(format) { body in
      let payload = try #require(body["client_payload"] as? [String: Any])
      #expect((1...10).contains(payload.count) && payload["summary"] is String)
      #expect(characters(body["event_type"] as? String ?? "") <= 100)
    }
  }

  @Test func ntfy() throws {
    let format = try #require(MessageFormat.named("ntfy"))
    try each(format) { body in
      #expect((1...4_096).contains((body["message"] as? String)?.utf8.count ?? 0))
      #expect(body["priority"] as? Int == 3)
    }
  }

  /// No control reaches a service, whatever a registry says.
  @Test(arguments: MessageFormat.all.map(\.name)) func noControls(name: String) throws {
    let format = try #require(MessageFormat.named(name))
    guard format.name != "pushover" else { return }
    for text in strings(try json(format, "hostile")) {
      for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\u{200b}" {
        #expect(![.control, .format].contains(scalar.properties.generalCategory), "\(scalar.value) in \(text)")
      }
    }
  }

  /// Where a service reads Markdown, all that others say is in one block of code, and ends with it.
  @Test(arguments: ["slack", "mattermost", "discord"]) func codeIsCode(name: String) throws {
    let format = try #require(MessageFormat.named(name))
    let texts = strings(try json(format, "hostile")).filter { $0.contains("everyone") }
    #expect(texts.count == 1)
    for text in texts {
      let parts = text.split(separator: "```", omittingEmptySubsequences: false)
      #expect(parts.count == 3 && parts[1].contains("everyone") && parts[2].isEmpty, "\(text.prefix(300))")
    }
  }

  /// The title, which stands outside of it.
  @Test(arguments: MessageFormat.all.map(\.name).filter { $0 != "pushover" }) func aTitleIsText(name: String) throws {
    let format = try #require(MessageFormat.named(name))
    let texts = strings(try json(format, "hostile summary"))
    #expect(texts.contains { $0.contains("everyone") })
    for text in texts {
      for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\u{200b}" {
        #expect(![.control, .format].contains(scalar.properties.generalCategory), "\(scalar.value) in \(text)")
      }
      if ["slack", "mattermost"].contains(name) { #expect(!text.contains("<!channel>") && !text.contains("*b*")) }
    }
  }

  @Test func markupIsText() throws {
    let card = try #require(MessageFormat.named("google-chat"))
    let matrix = try #require(MessageFormat.named("matrix"))
    let html = try #require(json(matrix, "hostile")["formatted_body"] as? String)
    for text in strings(try json(card, "hostile")) + [html] {
      #expect(!text.contains("<b onload") && !text.contains("<!channel>") && !text.contains("&amp;'"), "\(text)")
    }
    #expect((try json(matrix, "hostile")["m.mentions"] as? [String: Any])?.isEmpty == true)
    for name in ["teams", "telegram"] {
      for text in strings(try json(try #require(MessageFormat.named(name)), "hostile")) {
        #expect(!text.contains("@everyone") && !text.contains("@room"))
      }
    }
  }

  @Test func whatIsCutSaysSo() throws {
    let message = Message(document: SampleDocuments.document("changes, many"))
    #expect(message.lines.count == 61)
    let slack = try #require(MessageFormat.named("slack"))
    let shown = try #require(json(slack, "changes, many")["blocks"] as? [[String: Any]])
    let text = ((shown.last?["text"] as? [String: Any])?["text"] as? String) ?? ""
    let kept = text.split(separator: "\n").count - 1
    #expect(text.hasSuffix("and \(61 - kept) more```"), "\(text.suffix(100))")
  }
}
