import ImageModel

extension MessageFormat {
  /// An Adaptive Card. Text runs know no Markdown.
  static let teams = MessageFormat(
    name: "teams", service: "Microsoft Teams (Workflows)",
    source: "learn.microsoft.com, Create incoming webhooks with Workflows; adaptivecards.io/schemas",
    setup: "Create a workflow \"Post to a channel when a webhook request is received\"; its URL goes into `url_file`",
    paces: [Pace(requests: 4, seconds: 1)], bodyBytes: 28 * 1_024
  ) { message, setting in
    let lines = message.lines(within: textBytes, size: { JSONOutput.string($0).bytes.count + runBytes }) {
      $0.withoutMentions
    }
    var card: [JSONOutput.Member] = [
      .init("$schema", "http://adaptivecards.io/schemas/adaptive-card.json"), .init("type", "AdaptiveCard"),
      .init("version", "1.4"),
      .init("body", .array([text([message.summary], isTitle: true)] + lines.map { text([$0]) })),
    ]
    if !message.link.isEmpty {
      let open = JSONOutput.members(["type": "Action.OpenUrl", "title": "Show", "url": .string(message.link)])
      card.append(.init("actions", .array([open])))
    }
    card.append(.init("msteams", .members(["width": "Full"])))
    return MessageRequest(
      setting.url,
      json: .members([
        "type": "message",
        "attachments": .array([
          .members([
            "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null, "content": .object(card),
          ])
        ]),
      ]))
  }

  /// Of 28 KiB, without the card around it.
  private static let textBytes = 24 * 1_024
  /// What a line has around it.
  private static let runBytes = 160

  private static func text(_ texts: [String], isTitle: Bool = false) -> JSONOutput {
    let runs = texts.map { text -> JSONOutput in
      isTitle
        ? .members([
          "type": "TextRun", "text": .string(text.withoutMentions), "size": "Medium", "weight": "Bolder",
        ]) : .members(["type": "TextRun", "text": .string(text), "fontType": "Monospace", "size": "Small"])
    }
    return .members(["type": "RichTextBlock", "inlines": .array(runs)])
  }
}
