import ImageModel

extension MessageFormat {
  /// The summary, and the lines as code.
  static let mattermost = MessageFormat(
    name: "mattermost", service: "Mattermost", source: "developers.mattermost.com, Incoming webhooks",
    setup: "Create an incoming webhook for a channel; its URL goes into `url_file`", bodyBytes: 72 * 1_024
  ) { message, setting in
    let title = message.summary.markdown
    var text = message.link.isEmpty ? "**\(title)**" : "**[\(title)](\(message.link))**"
    let lines = message.lines(within: textCharacters - text.unicodeScalars.count, harmless: { $0.withinCode })
    if !lines.isEmpty { text += "\n" + lines.codeBlock }
    return MessageRequest(setting.url, json: .members(["text": .string(text)]))
  }

  /// A post has 16,383; some stay free for the fences.
  private static let textCharacters = 16_000
}
