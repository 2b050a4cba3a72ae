import ImageModel

extension MessageFormat {
  /// A card; its paragraphs know some HTML, and a header none.
  static let googleChat = MessageFormat(
    name: "google-chat", service: "Google Chat",
    source: "developers.google.com/workspace/chat, Build a webhook; Cards v2; Usage limits",
    setup: "Add a webhook in the settings of a space; its URL goes into `url_file`",
    paces: [Pace(requests: 1, seconds: 1)], bodyBytes: 32_000
  ) { message, setting in
    var widgets = [paragraph("<b>\(message.summary.html)</b>")]
    let lines = message.lines(within: textBytes, separator: "<br>", size: { JSONOutput.string($0).bytes.count }) {
      $0.html
    }
    if !lines.isEmpty { widgets.append(paragraph(lines.joined(separator: "<br>"))) }
    if !message.link.isEmpty { widgets.append(button(message.link)) }
    let card = JSONOutput.members(["sections": .array([.members(["widgets": .array(widgets)])])])
    return MessageRequest(
      setting.url,
      json: .members([
        "fallbackText": .string(message.summary),
        "cardsV2": .array([.members(["cardId": .string(message.id), "card": card])]),
      ]))
  }

  /// Of 32,000, without what is around it.
  private static let textBytes = 24_000

  private static func button(_ link: String) -> JSONOutput {
    let open = JSONOutput.members(["openLink": .members(["url": .string(link)])])
    return .members(["buttonList": .members(["buttons": .array([.members(["text": "Show", "onClick": open])])])])
  }

  private static func paragraph(_ text: String) -> JSONOutput {
    .members(["textParagraph": .members(["text": .string(text)])])
  }
}
