import ImageModel
import StrictJSON

extension MessageFormat {
  /// Plain text with entities beside it, so that nothing in it marks it up.
  static let telegram = MessageFormat(
    name: "telegram", service: "Telegram",
    source: "core.telegram.org/bots/api, sendMessage; core.telegram.org/bots/faq, limits",
    setup: "Create a bot with @BotFather and add it to the chat; its token goes into `token_file`",
    url: .usually("https://api.telegram.org"), token: "of the bot",
    parameters: [
      Parameter(
        name: "chat_id", form: .text(upTo: 64), meaning: "the number of a chat, or `@name` of a channel", shape: .chat)
    ],
    // Of a group.
    paces: [Pace(requests: 20, seconds: 60)], bodyBytes: 32 * 1_024,
    render: { message, setting in
      let title = message.summary.withoutMentions
      let lines = message.lines(
        within: 4_096 - title.utf16.count - 1, size: \.utf16.count, harmless: { $0.withoutMentions })
      let rest = lines.joined(separator: "\n")
      var entities = [entity("bold", 0, title.utf16.count)]
      if !message.link.isEmpty {
        entities.append(entity("text_link", 0, title.utf16.count, [.init("url", .string(message.link))]))
      }
      if !rest.isEmpty { entities.append(entity("pre", title.utf16.count + 1, rest.utf16.count)) }
      return MessageRequest(
        setting.path("/bot\(setting.token)/sendMessage"),
        json: .members([
          "chat_id": .string(setting["chat_id"]), "text": .string(rest.isEmpty ? title : "\(title)\n\(rest)"),
          "entities": .array(entities), "link_preview_options": .members(["is_disabled": true]),
        ]))
    }, retryAfter: { body in JSONValue.answer(body)?["parameters"]?["retry_after"]?.number })

  /// Counted in UTF-16.
  private static func entity(
    _ type: String, _ offset: Int, _ length: Int, _ more: [JSONOutput.Member] = []
  ) -> JSONOutput {
    .object(
      [.init("type", .string(type)), .init("offset", .number(offset)), .init("length", .number(length))] + more)
  }
}
