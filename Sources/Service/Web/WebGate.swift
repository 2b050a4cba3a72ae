import API
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
  private let logIns = LogIns()
  /// Health and metrics have others of the endpoint's.
  private let places = Places(Self.answers)
  private let read = SecretReader(fault: PagePassword.fault)
  private static let answers = 128

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
    guard places.enter() else {
      return .told(.unavailable, at: request.path, "too many wait for pages: ask again in a moment", after: 5).confined
    }
    defer { places.leave() }
    if let refusal = await refusal(of: request, settings, listening) { return refusal.confined }
    var reply = await site(request) ?? .told(.notFound, at: request.path, "there is no such page")
    if reply.stream != nil { reply.mayGoOn = { self.letsThrough(request, at: listening) } }
    return reply.confined
  }

  /// Whether it would pass now as well; a guess it is no more.
  private func letsThrough(_ request: EndpointRequest, at listening: String) -> Bool {
    let settings = settings()
    guard settings.areServed else { return false }
    switch door(for: request, settings, listening) {
    case .open: return true
    case .locked(let password):
      return request.header("Authorization").map { PagePassword.isShown(in: $0, password) } ?? false
    case .unknownHost, .shut: return false
    }
  }

  /// What stands before a request.
  private enum Door {
    case open
    /// Whoever shows this passes.
    case locked(password: String)
    case unknownHost
    /// Nobody passes now: why, and what is said of it.
    case shut(reason: String, answered: String)
  }

  private func door(for request: EndpointRequest, _ settings: PageSettings, _ listening: String) -> Door {
    guard KnownHosts(settings, listening: listening).contains(request.soleHeader("Host")) else { return .unknownHost }
    guard let file = settings.passwordFile else {
      return HostKind(authority: listening) == .loopback
        ? .open : .shut(reason: "http.password_file is not set", answered: "there is no password yet")
    }
    do throws(SecretText.Failure) {
      return .locked(password: try read(file.resolve(environment: environment)))
    } catch {
      return .shut(reason: "http.password_file cannot be used: \(error.reason)", answered: "nobody can log in now")
    }
  }

  private func refusal(of request: EndpointRequest, _ settings: PageSettings, _ listening: String) async
    -> EndpointReply?
  {
    let password: String
    switch door(for: request, settings, listening) {
    case .open: return nil
    case .locked(let wanted): password = wanted
    case .unknownHost:
      let name = request.soleHeader("Host").map { $0.safe(limit: 100) } ?? "no name, or several"
      return refuse(
        request, .host, .misdirected, "it asks for \(name)",
        answered: "it is not known by this name: http.hosts may have it")
    case .shut(let reason, let answered):
      return refuse(request, .unavailable, .unavailable, reason, answered: answered)
    }
    guard let shown = request.header("Authorization") else {
      return challenge(
        refuse(request, .noPassword, .unauthorized, "it has no password", answered: "a password is wanted"))
    }
    switch await logIns.admit(from: request.peer, { PagePassword.isShown(in: shown, password) }) {
    case true?: return nil
    case false?: return challenge(refuse(request, .wrongPassword, .unauthorized, "the password is wrong"))
    case nil: return refuse(request, .tooMany, .tooMany, "too many others try to log in", after: 2)
    }
  }

  private func challenge(_ reply: EndpointReply) -> EndpointReply {
    var reply = reply
    reply.headers.append(("WWW-Authenticate", #"Basic realm="watcher", charset="UTF-8""#))
    return reply
  }

  /// Whoever floods it has each kind told at the 1st, 10th, 100th … time; a browser asks without a password first.
  private func refuse(
    _ request: EndpointRequest, _ kind: WebRefusals.Kind, _ status: APIProblem.Kind, _ reason: String,
    answered: String? = nil, after seconds: Int? = nil
  ) -> EndpointReply {
    let count = counts.count(kind)
    if kind != .noPassword, PollReport.isPowerOfTen(count) {
      log.warning(
        "http_refused",
        metadata: [
          "reason": "\(kind.rawValue)", "from": "\(request.peer ?? "?")", "err": "\(reason)", "requests": "\(count)",
        ])
    }
    return .told(status, at: request.path, answered ?? reason, after: seconds)
  }
}

extension EndpointReply {
  /// One sentence; to programs as a problem.
  ///
  /// - Parameter seconds: when to ask again.
  static func told(
    _ status: APIProblem.Kind, at path: String, _ detail: String, after seconds: Int? = nil
  ) -> EndpointReply {
    var reply =
      path.hasPrefix(APIOperation.prefix)
      ? EndpointReply(APIProblem(status, detail)) : EndpointReply(status.rawValue, body: Array("\(detail)\n".utf8))
    if let seconds { reply.headers.append(("Retry-After", "\(seconds)")) }
    return reply
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
