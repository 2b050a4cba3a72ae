import Messages

/// What a sink is, which decides what keys it has.
enum SinkType: String, CaseIterable {
  case stdout, file, webhook, email

  /// What sinks are named like, `//` being a remark: they are named on the command line and in the database.
  static let names = "^([A-Za-z0-9._-]{1,64}|//)$"

  var keys: ConfigObject {
    switch self {
    case .stdout: Self.stdoutKeys
    case .file: Self.fileKeys
    case .webhook: Self.webhookKeys
    case .email: Self.emailKeys
    }
  }

  /// Those of a sink of which the type is not known.
  static let anyKeys: ConfigObject = {
    let keys = common(allCases) + ofFile + ofWebhook
    return ConfigObject(keys + ofEmail.filter { key in !keys.contains { $0.name == key.name } })
  }()

  private static let stdoutKeys = ConfigObject(common([.stdout]), required: ["type"])
  private static let fileKeys = ConfigObject(common([.file]) + ofFile, required: ["type", "path"])
  private static let webhookKeys = ConfigObject(
    common([.webhook]) + ofWebhook, required: ["type"],
    needs: [
      ("secret_previous_file", "secret_file"), ("client_key_file", "client_cert_file"), ("parameters", "format"),
      ("token_file", "format"),
    ], either: ["url", "url_file", "format"], exclusive: ["url", "url_file"], ["format", "body"])

  private static let emailKeys = ConfigObject(
    common([.email]) + ofEmail, required: ["type", "server", "from", "to"],
    needs: [("username", "password_file"), ("password_file", "username")])

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
    authorities,
    ConfigKey("client_cert_file", .file, "PEM certificate to show to the receiver"),
    ConfigKey("client_key_file", .file, "Its key, unless that is in client_cert_file"),
    ConfigKey("headers", .data(of: .text), "Further headers; not for secrets"),
    ConfigKey("header_files", .data(of: .file), "Further headers, each with the content of a file"),
    ConfigKey("content_type", .form("^[^/;]+/[^/;]+(;|$)"), "The media type that is sent"),
    timeout,
    ConfigKey("allow_http", .boolean, "Whether url may be plain HTTP"),
    ConfigKey("network", .choice(WebhookSettings.Network.allCases), "Which addresses may be posted to"),
    ConfigKey("max_in_flight", .integer(1...64), "How many tags' events are posted at a time"),
    retries,
  ]

  private static let address = ConfigValue.form(#"^[^@\s]+@[^@\s]+$"#)

  static let ofEmail = [
    ConfigKey("server", .form("^[Ss][Mm][Tt][Pp][Ss]?://"), "smtp://…, which has to offer STARTTLS, or smtps://…"),
    ConfigKey("from", address, "The address that mails are from"),
    ConfigKey("to", .list(of: address, 1...20), "The addresses that they go to"),
    ConfigKey("subject", .text, "Their subject; {{summary}} and other names may stand in it"),
    ConfigKey("username", .text, "Who signs in, with password_file"),
    ConfigKey("password_file", .file, "The password"),
    authorities, timeout,
    ConfigKey("allow_http", .boolean, "Whether mails may be sent without TLS beyond loopback"),
    retries,
  ]

  private static let authorities = ConfigKey(
    "ca_file", .file, "PEM certificates of authorities to trust beside the system's")
  private static let timeout = ConfigKey("timeout", .duration(1...300), "How long an attempt may take")
  private static let retries = ConfigKey(
    "retry_schedule", .list(of: .duration(0...(30 * 86_400)), 1...50),
    "How long to wait before each attempt; the first is 0s")
}
