/// Services at which people talk.
extension ServiceStub {
  /// docs.slack.dev: Sending messages using incoming webhooks (errors), Section block, Rate limits.
  static let slack = ServiceStub(
    format: "slack", path: "/services/T0/B0/secret", limits: [.sliding(1, span: 1_000)],
    thanks: ScriptedResponse(200, body: json("ok")),
    tooMany: { left in
      ScriptedResponse(429, headers: [("Retry-After", "\(seconds(left))")], body: json("rate_limited"))
    },
    quiet: { seconds($0) * 1_000 },
    read: { request in
      try demand(request.method == "POST" && request.path == "/services/T0/B0/secret", 404, "no_service")
      let body = try object(request, "invalid_payload")
      let text = body["text"] as? String ?? ""
      try demand((1...40_000).contains(text.unicodeScalars.count), 400, "no_text")
      let blocks = body["blocks"] as? [[String: Any]] ?? []
      try demand((1...50).contains(blocks.count), 400, "invalid_blocks")
      for block in blocks {
        let text = (block["text"] as? [String: Any])?["text"] as? String ?? ""
        try demand(
          block["type"] as? String == "section" && (1...3_000).contains(text.unicodeScalars.count), 400,
          "invalid_blocks")
      }
      return texts(body)
    })

  /// developers.mattermost.com: Incoming webhooks; docs.mattermost.com: rate limits, as they are once switched on.
  static let mattermost = ServiceStub(
    format: "mattermost", path: "/hooks/secret", limits: [.bucket(100, each: 100)],
    thanks: ScriptedResponse(200, body: json("ok")),
    tooMany: { left in
      let headers = [
        ("X-RateLimit-Limit", "101"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(seconds(left))"),
        ("Retry-After", "\(seconds(left))"),
      ]
      return ScriptedResponse(429, headers: headers, body: json("limit exceeded"))
    },
    quiet: { seconds($0) * 1_000 },
    read: { request in
      try demand(
        request.method == "POST" && request.path == "/hooks/secret", 404, "web.incoming_webhook.invalid.app_error")
      let body = try object(request, "api.webhook.incoming.error")
      let text = body["text"] as? String ?? ""
      try demand((1...16_383).contains(text.unicodeScalars.count), 400, "web.incoming_webhook.text.length.app_error")
      return text
    })

  /// discord.com/developers/docs: Execute Webhook, Embed Limits, Rate Limits. It names no numbers; its
  /// headers say them: those of a webhook, and of all that is posted to a channel.
  static let discord = ServiceStub(
    format: "discord", path: "/api/webhooks/1/secret",
    limits: [.sliding(5, span: 2_000), .sliding(30, span: 60_000)], thanks: ScriptedResponse(204),
    tooMany: { left in
      let after = "\(Double(left) / 1_000)"
      let headers = [
        ("Retry-After", "\(seconds(left))"), ("X-RateLimit-Limit", "5"), ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset-After", after), ("X-RateLimit-Bucket", "abcd1234"), ("X-RateLimit-Scope", "user"),
      ]
      let body = #"{"message": "You are being rate limited.", "retry_after": \#(after), "global": false}"#
      return ScriptedResponse(429, headers: headers, body: json(body))
    },
    quiet: { $0 },
    read: { request in
      let unknown = #"{"message": "Unknown Webhook", "code": 10015}"#
      let invalid = #"{"message": "Invalid Form Body", "code": 50035}"#
      try demand(request.method == "POST" && request.path == "/api/webhooks/1/secret", 404, unknown)
      let body = try object(request, invalid)
      try demand((body["allowed_mentions"] as? [String: [String]])?["parse"] == [], 400, invalid)
      let embeds = body["embeds"] as? [[String: Any]] ?? []
      try demand((1...10).contains(embeds.count), 400, invalid)
      let (titles, descriptions) = (embeds.map { length($0["title"]) }, embeds.map { length($0["description"]) })
      try demand(titles.allSatisfy { $0 <= 256 } && descriptions.allSatisfy { $0 <= 4_096 }, 400, invalid)
      try demand((1...6_000).contains((titles + descriptions).reduce(0, +)), 400, invalid)
      return texts(embeds)
    })

  /// learn.microsoft.com: Create incoming webhooks with Workflows; Rate limiting, with what is to be tried again.
  static let teams = ServiceStub(
    format: "teams", path: "/workflows/1/triggers/manual/paths/invoke?sig=secret", limits: [.sliding(4, span: 1_000)],
    stumbles: (each: 150, statuses: [412, 502, 504]), thanks: ScriptedResponse(202),
    tooMany: { left in
      let body = #"{"error": {"code": "429", "message": "Rate limit is exceeded."}}"#
      return ScriptedResponse(429, headers: [("Retry-After", "\(seconds(left))")], body: json(body))
    },
    quiet: { seconds($0) * 1_000 },
    read: { request in
      try demand(
        request.path.hasPrefix("/workflows/") && request.query("sig") == "secret", 401, "DirectApiAuthorizationRequired"
      )
      try demand(request.body.count <= 28 * 1_024, 413, "RequestEntityTooLarge")
      let body = try object(request, "BadRequest")
      let attachments = body["attachments"] as? [[String: Any]] ?? []
      let card = attachments.first?["content"] as? [String: Any]
      try demand(body["type"] as? String == "message" && attachments.count == 1, 400, "BadRequest")
      try demand(
        attachments.first?["contentType"] as? String == "application/vnd.microsoft.card.adaptive"
          && card?["type"] as? String == "AdaptiveCard" && (card?["body"] as? [Any])?.isEmpty == false, 400,
        "BadRequest")
      return texts(body)
    })

  /// developers.google.com/workspace/chat: Build a webhook, Usage limits. It names no time to wait.
  static let googleChat = ServiceStub(
    format: "google-chat", path: "/v1/spaces/S/messages?key=k&token=secret", limits: [.sliding(1, span: 1_000)],
    tooMany: { _ in
      let error = #"{"error": {"code": 429, "message": "Resource has been exhausted", "status": "RESOURCE_EXHAUSTED"}}"#
      return ScriptedResponse(429, body: json(error))
    },
    read: { request in
      let invalid = #"{"error": {"code": 400, "status": "INVALID_ARGUMENT"}}"#
      let isKnown = request.query("key") == "k" && request.query("token") == "secret"
      try demand(request.path == "/v1/spaces/S/messages" && isKnown, 401, #"{"error": {"code": 401}}"#)
      try demand(request.body.count <= 32_000, 400, invalid)
      let body = try object(request, invalid)
      let cards = body["cardsV2"] as? [[String: Any]] ?? []
      try demand(cards.count == 1 && cards[0]["card"] is [String: Any], 400, invalid)
      return texts(body)
    })

  /// core.telegram.org/bots: sendMessage, ResponseParameters; FAQ, for a group.
  static let telegram = ServiceStub(
    format: "telegram", path: "", token: "123:secret", parameters: ["chat_id": "-1001"],
    limits: [.sliding(20, span: 60_000)],
    tooMany: { left in
      let after = seconds(left)
      return ScriptedResponse(
        429,
        body: json(
          """
          {"ok": false, "error_code": 429, "description": "Too Many Requests: retry after \(after)", \
          "parameters": {"retry_after": \(after)}}
          """))
    },
    quiet: { seconds($0) * 1_000 },
    read: { request in
      let (unknown, invalid) = (#"{"ok": false, "error_code": 401}"#, #"{"ok": false, "error_code": 400}"#)
      try demand(request.path == "/bot123:secret/sendMessage", 401, unknown)
      let body = try object(request, invalid)
      let text = body["text"] as? String ?? ""
      try demand(body["chat_id"] as? String == "-1001" && (1...4_096).contains(text.utf16.count), 400, invalid)
      for entity in body["entities"] as? [[String: Any]] ?? [] {
        let (offset, length) = (entity["offset"] as? Int ?? -1, entity["length"] as? Int ?? 0)
        try demand(offset >= 0 && length > 0 && offset + length <= text.utf16.count, 400, invalid)
      }
      return text
    })

  /// spec.matrix.org: PUT …/send/…, Size limits, Rate limiting; Synapse's `rc_message`.
  static let matrix = ServiceStub(
    format: "matrix", path: "", token: "secret", parameters: ["room_id": "!r:example.org"],
    limits: [.bucket(10, each: 5_000)],
    thanks: ScriptedResponse(200, body: json(#"{"event_id": "$1"}"#)),
    tooMany: { left in
      ScriptedResponse(429, body: json(#"{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": \#(left)}"#))
    },
    quiet: { $0 },
    read: { request in
      let (invalid, id) = (#"{"errcode": "M_BAD_JSON"}"#, request.header("webhook-id") ?? "")
      try demand(request.header("authorization") == "Bearer secret", 401, #"{"errcode": "M_UNKNOWN_TOKEN"}"#)
      // With the event's ID as the transaction's a homeserver takes it once, however often it comes.
      try demand(
        request.method == "PUT"
          && request.path == "/_matrix/client/v3/rooms/%21r%3Aexample.org/send/m.room.message/\(id)", 404,
        #"{"errcode": "M_UNRECOGNIZED"}"#)
      try demand(request.body.count <= 60_000, 413, #"{"errcode": "M_TOO_LARGE"}"#)
      let body = try object(request, invalid)
      try demand(body["msgtype"] as? String == "m.text" && length(body["body"]) > 0, 400, invalid)
      return texts(body)
    })

  private static func length(_ value: Any?) -> Int { (value as? String)?.unicodeScalars.count ?? 0 }
}
