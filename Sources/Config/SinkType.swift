import Messages

/// What a sink is, which decides what keys it has.
enum SinkType: String, CaseIterable {
  case stdout, file, webhook

  /// What sinks are named like, `//` being a remark: they are named on the command line and in the database.
  static let names = "^([A-Za-z0-9._-]{1,64}|//)$"

  var keys: ConfigObject {
    switch self {
    case .stdout: Self.stdoutKeys
    case .file: Self.fileKeys
    case .webhook: Self.webhookKeys
    }
  }

  /// Those of a sink of which the type is not known.
  static let anyKeys = ConfigObject(common(allCases) + ofFile + ofWebhook)

  private static let stdoutKeys = ConfigObject(common([.stdout]), required: ["type"])
  private static let fileKeys = ConfigObject(common([.file]) + ofFile, required: ["type", "path"])
  private static let webhookKeys = ConfigObject(
    common([.webhook]) + ofWebhook, required: ["type"],
    needs: [
      ("secret_previous_file", "secret_file"), ("client_key_file", "client_cert_file"), ("parameters", "format"),
      ("token_file", "format"),
    ], either: ["url", "url_file", "format"], exclusive: ["url", "url_file"], ["format", "body"])

  static func common(_ types: [SinkType]) -> [ConfigKey] {
    [
      ConfigKey("type", .choice(types), "Where the events go"),
      ConfigKey(
        "events", .list(of: .text, 1...Int.max), #"Types of events that are sent: watcher.tag.*; ["*"] is all"#),
      ConfigKey("group", .duration(1...3_600), "Gathers the events of that long into one"),
    ]
  }

  static let ofFile = [
    ConfigKey("path", .form(#"^/[\s\S]*[^/]$"#), "Absolute path of the file, which gets a line for each event")
  ]

  static let ofWebhook = [
    ConfigKey("url", .form("^[Hh][Tt][Tt][Pp][Ss]?://"), "https://…, or http://… with allow_http"),
    ConfigKey("url_file", .file, "A file with the URL, for services whose URL is the secret"),
    ConfigKey(
      "format", .words(["event"] + MessageFormat.all.map(\.name)),
      "What is sent: the event's document, or a message for the people of a service"),
    ConfigKey("parameters", .data(of: .oneOf([.text, .integer(Int.min...Int.max)])), "What the format wants to know"),
    ConfigKey("token_file", .file, "The token that the format's service wants"),
    ConfigKey("body", .any, "A JSON value to send; {{summary}} and other names may stand in its strings"),
    ConfigKey("method", .choice(MessageRequest.Method.allCases), "How the document or the body is sent"),
    ConfigKey("secret_file", .file, "The secret (whsec_…) that requests are signed with"),
    ConfigKey("secret_previous_file", .file, "The secret before that, which signs as well for a time"),
    ConfigKey("ca_file", .file, "PEM certificates of authorities to trust beside the system's"),
    ConfigKey("client_cert_file", .file, "PEM certificate to show to the receiver"),
    ConfigKey("client_key_file", .file, "Its key, unless that is in client_cert_file"),
    ConfigKey("headers", .data(of: .text), "Further headers; not for secrets"),
    ConfigKey("header_files", .data(of: .file), "Further headers, each with the content of a file"),
    ConfigKey("content_type", .form("^[^/;]+/[^/;]+(;|$)"), "The media type that is sent"),
    ConfigKey("timeout", .duration(1...300), "How long an attempt may take"),
    ConfigKey("allow_http", .boolean, "Whether url may be plain HTTP"),
    ConfigKey("network", .choice(WebhookSettings.Network.allCases), "Which addresses may be posted to"),
    ConfigKey("max_in_flight", .integer(1...64), "How many tags' events are posted at a time"),
    ConfigKey(
      "retry_schedule", .list(of: .duration(0...(30 * 86_400)), 1...50),
      "How long to wait before each attempt; the first is 0s"),
  ]
}
