import ImageModel

extension MessageFormat {
  /// Two sections of mrkdwn: the summary, and the lines as code, in which nothing is marked up.
  static let slack = MessageFormat(
    name: "slack", service: "Slack", source: "docs.slack.dev, Sending messages using incoming webhooks; Blocks",
    setup: "Create an app with an incoming webhook for a channel; its URL goes into `url_file`",
    paces: [Pace(requests: 1, seconds: 1)], bodyBytes: 16 * 1_024
  ) { message, setting in
    let title = message.summary.mrkdwn
    var blocks = [section(message.link.isEmpty ? "*\(title)*" : "*<\(message.link)|\(title)>*")]
    let fence = "```"
    let lines = message.lines(within: sectionCharacters - 2 * fence.count, harmless: { $0.mrkdwn })
    if !lines.isEmpty { blocks.append(section(fence + lines.joined(separator: "\n") + fence)) }
    return MessageRequest(
      setting.url,
      json: .members([
        // Shown in notifications.
        "text": .string(title), "blocks": .array(blocks), "unfurl_links": false, "unfurl_media": false,
      ]))
  }

  /// Of one block's text.
  private static let sectionCharacters = 3_000

  private static func section(_ text: String) -> JSONOutput {
    .members([
      "type": "section", "text": .members(["type": "mrkdwn", "text": .string(text), "verbatim": true]),
    ])
  }
}

extension String {
  /// Slack's three escapes, which also keep links and mentions away; what would mark text up is written otherwise.
  fileprivate var mrkdwn: String {
    replacing(["&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "~": "∼", "`": "ˋ"])
  }
}
