import ImageModel

extension MessageFormat {
  static let gotify = MessageFormat(
    name: "gotify", service: "Gotify", source: "gotify.net/docs, Push messages; Message extras",
    setup: "Create an application; its token goes into `token_file`, and `url` is the server",
    pathMistake: { $0.hasSuffix("/message") ? "/message is put behind it" : nil }, token: "of the application",
    parameters: [Parameter(name: "priority", form: .integer(0...10), usually: "5", meaning: "0 is silent")],
    bodyBytes: 64 * 1_024
  ) { message, setting in
    var extras: [JSONOutput.Member] = [
      .init("client::display", .members(["contentType": "text/plain"]))
    ]
    if !message.link.isEmpty {
      let click = JSONOutput.members(["url": .string(message.link)])
      extras.append(.init("client::notification", .members(["click": click])))
    }
    return MessageRequest(
      setting.path("/message"), headers: ["X-Gotify-Key": setting.token],
      json: .members([
        "title": .string(message.summary),
        // There is none without.
        "message": .string(message.lines.isEmpty ? message.summary : message.details.cut(toBytes: 28 * 1_024)),
        "priority": .number(Int(setting["priority"])),
        "extras": .object(extras),
      ]))
  }
}
