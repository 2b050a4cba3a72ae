import ImageModel
import Messages
import StrictJSON

/// Messages for people, of whatever a document holds, and bodies that people write.
extension FuzzTarget {
  static let messages = [
    FuzzTarget(name: "message", check: message), FuzzTarget(name: "body-template", check: template),
  ]

  private static let parameters = [
    "topic": "t", "chat_id": "1", "room_id": "!r:h", "user": "u", "repository": "o/r", "project": "p", "ref": "m",
  ]
  private static let limits = JSONLimits(bytes: 1 << 20, values: 100_000)

  /// A message has no controls, and what each service is sent is of the size and form that it takes.
  @Sendable private static func message(_ document: [UInt8]) throws {
    let message = Message(document: document, publicURL: "https://w.example")
    try hold(
      message.link.isVisibleASCII && message.link.utf8.count <= 400 && message.link.hasPrefix("https://w.example/"),
      "leads to \(shown(message.link))")
    for text in [message.summary] + message.lines { try hold(text.isSafe, "says \(shown(text))") }
    for format in MessageFormat.all {
      let request = format.request(
        message, .init(url: "https://a.example", token: "T", parameters: parameters))
      try hold(request.body.count <= format.bodyBytes, "\(format.name) is sent \(request.body.count) bytes")
      try hold(request.url.isVisibleASCII, "\(format.name): \(shown(request.url))")
      guard request.contentType == "application/json" else { continue }
      let json = try? StrictJSON.parse(request.body, limits: limits)
      try hold(json?.object != nil, "\(format.name) is sent no object")
    }
  }

  /// The template, a line, and the document. What comes out is JSON with as many values as the template has.
  @Sendable private static func template(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    guard let json = try? StrictJSON.parse(parts[0], limits: limits), let template = try? BodyTemplate(json) else {
      return
    }
    let body = template.body(Message(document: parts[1]))
    let made = try? StrictJSON.parse(body, limits: JSONLimits(bytes: 64 << 20, values: 100_000))
    try same(made.map(values), values(json), "values")
  }

  private static func values(_ json: JSONValue) -> Int {
    let parts = (json.array ?? []) + (json.object ?? []).map(\.value)
    return 1 + parts.map(values).reduce(0, +)
  }
}
