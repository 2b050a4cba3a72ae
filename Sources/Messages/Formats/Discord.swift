import ImageModel
import StrictJSON

extension MessageFormat {
  /// One embed, which mentions nobody.
  static let discord = MessageFormat(
    name: "discord", service: "Discord",
    source: "discord.com/developers/docs, Execute Webhook; Embed Limits; Rate Limits",
    setup: "Create a webhook in the settings of a channel; its URL goes into `url_file`",
    paces: [Pace(requests: 5, seconds: 2), Pace(requests: 30, seconds: 60)], bodyBytes: 24 * 1_024,
    render: { message, setting in
      var embed: [JSONOutput.Member] = [
        .init("title", .string(message.summary.markdown.cut(to: 256))), .init("color", .int(color(message.weight))),
      ]
      let lines = message.lines(within: 4_096 - 8, harmless: { $0.withinCode })
      if !lines.isEmpty { embed.append(.init("description", .string(lines.codeBlock))) }
      if !message.link.isEmpty { embed.append(.init("url", .string(message.link))) }
      if message.event != nil { embed.append(.init("timestamp", .string(message.time))) }
      return MessageRequest(
        setting.url,
        json: .members([
          "embeds": .array([.object(embed)]), "allowed_mentions": .members(["parse": .array([])]),
        ]))
    }, retryAfter: { body in JSONValue.answer(body)?["retry_after"]?.number })

  private static func color(_ weight: Message.Weight) -> Int64 {
    switch weight {
    case .bad: 0xc0392b
    case .good: 0x27ae60
    case .notable: 0xf39c12
    case .plain: 0x7f8c8d
    }
  }
}
