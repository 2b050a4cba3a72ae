import ImageModel

extension MessageFormat {
  /// Plain text, published as JSON.
  static let ntfy = MessageFormat(
    name: "ntfy", service: "ntfy", source: "docs.ntfy.sh/publish, Publish as JSON; Limitations",
    setup:
      "`url` is the server, https://ntfy.sh for the public one; a token goes into `header_files` as `Authorization`",
    pathMistake: {
      ["", "/"].contains($0) ? nil : "ntfy takes messages at the server itself: the topic is a parameter"
    },
    parameters: [
      Parameter(name: "topic", form: .text(upTo: 64), meaning: "what is subscribed to", shape: .topic),
      Parameter(
        name: "priority", form: .choice(priorities), usually: "default", meaning: "how loud it is"),
    ],
    // Sixty at once, then one in five seconds.
    paces: [Pace(requests: 12, seconds: 60)], bodyBytes: 16 * 1_024
  ) { message, setting in
    let lines = message.lines(within: 4_096, size: \.utf8.count).joined(separator: "\n")
    var members: [JSONOutput.Member] = [
      .init("topic", .string(setting["topic"])), .init("title", .string(message.summary)),
      // An empty one would be "triggered"; a longer one would become a file.
      .init("message", .string(message.lines.isEmpty ? message.summary : lines)),
      .init("priority", .number((priorities.firstIndex(of: setting["priority"]) ?? 2) + 1)),
    ]
    if !message.link.isEmpty { members.append(.init("click", .string(message.link))) }
    return MessageRequest(setting.url, json: .object(members))
  }

  private static let priorities = ["min", "low", "default", "high", "max"]
}
