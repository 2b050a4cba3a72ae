import Addresses
import Config
import Endpoint
import Host
import ImageModel
import Logging

/// What stands before pages and API: by which name they are asked for, the password, and what browsers are told of the
/// answers. See docs/decisions/0045.
struct WebGate: Sendable {
  /// Of the configuration in force.
  let settings: @Sendable () -> PageSettings
  let environment: [String: String]
  let log: Logger
  /// What is behind it; `nil` for what there is not.
  let site: @Sendable (EndpointRequest) async -> EndpointReply?
  let counts = WebRefusals()
  private let logIns = LogInQueue()
  private let read = SecretReader(fault: PagePassword.fault)

  init(
    settings: @escaping @Sendable () -> PageSettings, environment: [String: String], log: Logger,
    site: @escaping @Sendable (EndpointRequest) async -> EndpointReply?
  ) {
    (self.settings, self.environment, self.log, self.site) = (settings, environment, log, site)
  }

  /// `nil` where no pages are served.
  var metrics: MetricFamily? { settings().areServed ? counts.family : nil }

  /// - Parameter listening: where the request came in, `address:port`: during a reload there may be two places.
  /// - Returns: `nil` where no pages are served.
  func answer(_ request: EndpointRequest, at listening: String) async -> EndpointReply? {
    let settings = settings()
    guard settings.areServed else { return nil }
    if let refusal = await refusal(of: request, settings, listening) { return refusal.confined }
    return await (site(request) ?? .told(404, request, "there is no such page")).confined
  }

  private func refusal(of request: EndpointRequest, _ settings: PageSettings, _ listening: String) async
    -> EndpointReply?
  {
    guard KnownHosts(settings, listening: listening).contains(request.header("Host")) else {
      let name = request.header("Host").map { $0.safe(limit: 100) } ?? "no name"
      return refuse(
        request, .host, 421, "it asks for \(name)", answered: "it is not known by this name: http.hosts may have it")
    }
    guard let file = settings.passwordFile else {
      guard HostKind(authority: listening) != .loopback else { return nil }
      return refuse(request, .unavailable, 503, "http.password_file is not set", answered: "there is no password yet")
    }
    let password: String
    do throws(SecretText.Failure) {
      password = try read(file.resolve(environment: environment))
    } catch {
      return refuse(
        request, .unavailable, 503, "http.password_file cannot be used: \(error.reason)",
        answered: "nobody can log in now")
    }
    guard let shown = request.header("Authorization") else {
      return challenge(refuse(request, .noPassword, 401, "it has no password", answered: "a password is wanted"))
    }
    switch await logIns.admit(from: request.peer ?? "", { PagePassword.isShown(in: shown, password) }) {
    case true?: return nil
    case false?: return challenge(refuse(request, .wrongPassword, 401, "the password is wrong"))
    case nil:
      var reply = refuse(request, .tooMany, 429, "too many others try to log in")
      reply.headers.append(("Retry-After", "2"))
      return reply
    }
  }

  private func challenge(_ reply: EndpointReply) -> EndpointReply {
    var reply = reply
    reply.headers.append(("WWW-Authenticate", #"Basic realm="watcher", charset="UTF-8""#))
    return reply
  }

  /// Whoever floods it has each kind told at the 1st, 10th, 100th … time; a browser asks without a password first.
  private func refuse(
    _ request: EndpointRequest, _ kind: WebRefusals.Kind, _ status: Int, _ reason: String, answered: String? = nil
  ) -> EndpointReply {
    let count = counts.count(kind)
    if kind != .noPassword, PollReport.isPowerOfTen(count) {
      log.warning(
        "http_refused",
        metadata: [
          "reason": "\(kind.rawValue)", "from": "\(request.peer ?? "?")", "err": "\(reason)", "requests": "\(count)",
        ])
    }
    return .told(status, request, answered ?? reason)
  }
}

extension EndpointReply {
  /// One sentence; to programs as a problem. Source: RFC 9457.
  fileprivate static func told(_ status: Int, _ request: EndpointRequest, _ detail: String) -> EndpointReply {
    guard request.path.hasPrefix("/api/") else { return EndpointReply(status, body: Array("\(detail)\n".utf8)) }
    let problem = JSONOutput.members([
      "type": "about:blank", "status": .number(status), "detail": .string(detail),
    ])
    return EndpointReply(status, contentType: "application/problem+json", body: problem.bytes)
  }

  /// Nothing of others is loaded or run in it, no page of others holds or reads it, and it is not kept where it does
  /// not say so.
  fileprivate var confined: EndpointReply {
    var reply = self
    let own = ["script-src", "style-src", "img-src", "connect-src", "form-action"].map { "\($0) 'self'" }
    let policy = ["default-src 'none'"] + own + ["base-uri 'none'", "frame-ancestors 'none'"]
    reply.headers += [
      ("Content-Security-Policy", policy.joined(separator: "; ")), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    if !reply.headers.contains(where: { $0.name.lowercased() == "cache-control" }) {
      reply.headers.append(("Cache-Control", "no-store"))
    }
    return reply
  }
}
