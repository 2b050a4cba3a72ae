import Foundation

/// Services that push to telephones, and those that run something.
extension ServiceStub {
  /// docs.ntfy.sh: Publish as JSON, Limitations. It names no time to wait.
  static let ntfy = ServiceStub(
    format: "ntfy", path: "", headers: ["Authorization": "Bearer tk_secret"], parameters: ["topic": "images"],
    limits: [.bucket(60, each: 5_000)],
    tooMany: { _ in
      ScriptedResponse(429, body: json(#"{"code": 42901, "http": 429, "error": "limit reached: too many requests"}"#))
    },
    read: { request in
      let invalid = #"{"code": 40017, "http": 400, "error": "invalid request: request body must be message JSON"}"#
      try demand(request.header("authorization") == "Bearer tk_secret", 403, #"{"code": 40301, "http": 403}"#)
      try demand(request.method == "POST" && request.path == "/", 404, #"{"code": 40401, "http": 404}"#)
      let body = try object(request, invalid)
      try demand(body["topic"] as? String == "images" && (1...5).contains(body["priority"] as? Int ?? 0), 400, invalid)
      // A longer one would become a file.
      let message = body["message"] as? String ?? ""
      try demand((1...4_096).contains(message.utf8.count) && body["title"] is String, 413, #"{"code": 41301}"#)
      return texts(body)
    })

  /// gotify.net/docs: Push messages. It has no limits.
  static let gotify = ServiceStub(
    format: "gotify", path: "", token: "secret",
    read: { request in
      try demand(request.header("x-gotify-key") == "secret", 401, #"{"error": "Unauthorized", "errorCode": 401}"#)
      try demand(request.method == "POST" && request.path == "/message", 404, #"{"errorCode": 404}"#)
      let body = try object(request, #"{"error": "Bad Request", "errorCode": 400}"#)
      let isWhole = (body["message"] as? String)?.isEmpty == false && body["priority"] is Int
      try demand(isWhole, 400, #"{"error": "Bad Request", "errorCode": 400}"#)
      return texts(body)
    })

  /// pushover.net/api: Limitations (of a month), Being friendly to our API (two connections).
  static let pushover = ServiceStub(
    format: "pushover", path: "", token: "secret", parameters: ["user": "u1"],
    limits: [.sliding(10_000, span: 30 * 86_400_000)], atOnce: 2,
    thanks: ScriptedResponse(
      200, headers: [("X-Limit-App-Limit", "10000"), ("X-Limit-App-Remaining", "7496")],
      body: json(#"{"status": 1, "request": "r"}"#)),
    read: { request in
      func invalid(_ what: String) -> String { #"{"status": 0, "errors": ["\#(what) is invalid"]}"# }
      try demand(request.method == "POST" && request.path == "/1/messages.json", 404, invalid("path"))
      try demand(request.form("token") == "secret", 400, invalid("application token"))
      try demand(request.form("user") == "u1", 400, invalid("user identifier"))
      let (title, message) = (request.form("title") ?? "", request.form("message") ?? "")
      try demand((1...250).contains(title.unicodeScalars.count), 400, invalid("title"))
      try demand((1...1_024).contains(message.unicodeScalars.count), 400, invalid("message"))
      return title + "\n" + message
    })

  /// docs.github.com/rest: Create a repository dispatch event; Rate limits for the REST API: of what makes content, by
  /// the minute and by the hour, and refused by 403 as well as by 429.
  static let github = ServiceStub(
    format: "github", path: "", token: "secret", parameters: ["repository": "o/r"],
    limits: [.sliding(80, span: 60_000), .sliding(500, span: 3_600_000)], thanks: ScriptedResponse(204),
    tooMany: { left in
      ScriptedResponse(
        403,
        headers: [("Retry-After", "\(seconds(left))"), ("X-RateLimit-Remaining", "4000")],
        body: json(#"{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}"#))
    },
    quiet: { seconds($0) * 1_000 },
    read: { request in
      let invalid = #"{"message": "Invalid request."}"#
      try demand(
        request.header("user-agent") != nil, 403, #"{"message": "Request forbidden by administrative rules."}"#)
      try demand(request.header("authorization") == "Bearer secret", 401, #"{"message": "Bad credentials"}"#)
      try demand(request.method == "POST" && request.path == "/repos/o/r/dispatches", 404, #"{"message": "Not Found"}"#)
      let body = try object(request, invalid, status: 422)
      let payload = body["client_payload"] as? [String: Any] ?? [:]
      try demand((1...100).contains((body["event_type"] as? String ?? "").count), 422, invalid)
      let size = try JSONSerialization.data(withJSONObject: payload).count
      try demand((1...10).contains(payload.count) && size < 65_536, 422, invalid)
      return texts(payload)
    })

  /// docs.gitlab.com: Trigger pipelines; Rate limits, of pipelines that are made, which it
  /// refuses with 400. It names no time to wait, and counts by the minute.
  static let gitlab = ServiceStub(
    format: "gitlab", path: "", token: "secret", parameters: ["project": "group/name", "ref": "main"],
    limits: [.sliding(25, span: 60_000)], thanks: ScriptedResponse(201, body: json(#"{"id": 1}"#)),
    tooMany: { _ in
      let error = "Too many pipelines created in the last minute. Try again later."
      return ScriptedResponse(400, body: json(#"{"message": {"base": ["\#(error)"]}}"#))
    },
    read: { request in
      let path = "/api/v4/projects/group%2Fname/trigger/pipeline"
      try demand(request.method == "POST" && request.path == path, 404, #"{"message": "404 Project Not Found"}"#)
      let body = try object(request, #"{"error": "ref is missing"}"#)
      try demand(body["token"] as? String == "secret", 404, #"{"message": "404 Not Found"}"#)
      try demand(body["ref"] as? String == "main", 400, #"{"message": {"base": ["Reference not found"]}}"#)
      try demand(body["variables"] is [String: String], 400, #"{"error": "variables is invalid"}"#)
      return texts(body["variables"] ?? "")
    })

  /// plugins.jenkins.io: Generic Webhook Trigger. It has no limits.
  static let jenkins = ServiceStub(
    format: "jenkins", path: "/generic-webhook-trigger/invoke", token: "secret",
    thanks: ScriptedResponse(200, body: json(#"{"jobs": {"job": {"triggered": true}}}"#)),
    read: { request in
      let none = #"{"jobs": null, "message": "Did not find any jobs with GenericTrigger configured!"}"#
      try demand(request.header("token") == "secret", 404, none)
      try demand(request.method == "POST" && request.path == "/generic-webhook-trigger/invoke", 404, none)
      return texts(try object(request, none))
    })
}
