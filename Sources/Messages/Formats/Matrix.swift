import ImageModel
import StrictJSON

extension MessageFormat {
  /// A message with a transaction ID of the event, so that a repeated one is the same; nobody is mentioned.
  static let matrix = MessageFormat(
    name: "matrix", service: "Matrix",
    source: "spec.matrix.org/v1.11/client-server-api, PUT …/send/{eventType}/{txnId}; m.text; User and room mentions",
    setup: "Invite a user to the room; its access token goes into `token_file`, and `url` is the homeserver",
    token: "the user's access token",
    parameters: [
      Parameter(name: "room_id", form: .text(upTo: 255), meaning: "`!…` of the room, not its alias", shape: .room)
    ],
    // What Synapse allows if nothing else is set: ten at once, then one in five seconds.
    paces: [Pace(requests: 10, seconds: 50)], bodyBytes: 48 * 1_024,
    render: { message, setting in
      let room = setting["room_id"].percentEncoded()
      let lines = message.lines(within: 12 * 1_024, size: { JSONOutput.string($0.html).bytes.count })
      let link = message.link
      let text = ([message.summary] + lines + (link.isEmpty ? [] : [link])).joined(separator: "\n")
      let title = link.isEmpty ? message.summary.html : "<a href=\"\(link.html)\">\(message.summary.html)</a>"
      let code = lines.isEmpty ? "" : "<pre><code>\(lines.joined(separator: "\n").html)</code></pre>"
      return MessageRequest(
        setting.path("/_matrix/client/v3/rooms/\(room)/send/m.room.message/\(message.id.percentEncoded())"),
        method: .put,
        headers: ["Authorization": "Bearer \(setting.token)"],
        json: .members([
          "msgtype": "m.text", "body": .string(text), "format": "org.matrix.custom.html",
          "formatted_body": .string("<strong>\(title)</strong>\(code)"), "m.mentions": .members([:]),
        ]))
    }, retryAfter: { body in JSONValue.answer(body)?["retry_after_ms"]?.number.map { $0 / 1_000 } })
}
