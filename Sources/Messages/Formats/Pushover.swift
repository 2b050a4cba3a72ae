import ImageModel

extension MessageFormat {
  static let pushover = MessageFormat(
    name: "pushover", service: "Pushover", source: "pushover.net/api, Limitations; Being friendly to our API",
    setup: "Register an application; its token goes into `token_file`",
    url: .usually("https://api.pushover.net"), token: "of the application",
    parameters: [Parameter(name: "user", form: .text(upTo: 64), meaning: "the key of a user or a group")],
    atOnce: 2, bodyBytes: 16 * 1_024
  ) { message, setting in
    let lines = message.lines(within: 1_024).joined(separator: "\n")
    var form: [(name: String, value: String)] = [
      ("token", setting.token), ("user", setting["user"]), ("title", message.summary.cut(to: 250)),
      ("message", lines.isEmpty ? message.summary : lines),
    ]
    if !message.link.isEmpty { form.append(("url", message.link)) }
    return MessageRequest(setting.path("/1/messages.json"), form: form)
  }
}
