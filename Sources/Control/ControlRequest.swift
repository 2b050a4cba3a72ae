package import History
import Host
package import ImageModel
import StrictJSON

/// What a command asks of the daemon of its database. On the control socket a request is one line of JSON; see
/// docs/decisions/0015.
package enum ControlRequest: Hashable, Sendable {
  /// Whether polling and recording are going on.
  case health
  /// Polls these tags now, or the whole watchlist where it is `nil`.
  case check([TagReference]?)
  /// Polls these tags soon, as far as they are watched, and does not wait for it.
  case hint([TagReference])
  /// Forgets what the daemon's `retention` does not keep.
  case prune
  /// Forgets a tag that is not watched.
  case forget(TagReference)
  /// Makes deliveries due at once, and enables the sinks that the query names.
  case retry(DeliveryQuery)
  /// Forgets deliveries that were not made.
  case drop(DeliveryQuery)

  /// A line, without its end.
  ///
  /// - Parameter database: the canonical path of the database that is meant: another daemon's is to say no.
  package func line(database: String) -> [UInt8] {
    let rest: [JSONOutput.Member] =
      switch self {
      case .health, .prune: []
      case .check(let tags): [.init("tags", tags.map { .array($0.map { .text($0) }) } ?? .null)]
      case .hint(let tags): [.init("tags", .array(tags.map { .text($0) }))]
      case .forget(let tag): [.init("tag", .text(tag))]
      case .retry(let query), .drop(let query): [.init("deliveries", query.json)]
      }
    return JSONOutput.object([.init("command", .string(name)), .init("database", .string(database))] + rest).bytes
  }

  /// Has requests made with the daemon's credentials, or changes what the database holds for others than who asks.
  var isForOwner: Bool {
    switch self {
    case .health: false
    case .check, .hint, .prune, .forget, .retry, .drop: true
    }
  }

  private var name: String {
    switch self {
    case .health: "health"
    case .check: "check"
    case .hint: "hint"
    case .prune: "prune"
    case .forget: "forget"
    case .retry: "retry"
    case .drop: "drop"
    }
  }

  /// - Throws: status 64 for what is no request.
  package static func parse(_ line: [UInt8]) throws(ControlError) -> (request: ControlRequest, database: String) {
    guard
      let json = try? StrictJSON.parse(
        line, limits: JSONLimits(depth: 8, bytes: ControlLimits.requestBytes, values: 100_000)),
      let database = json["database"]?.string, let name = json["command"]?.string
    else { throw .noRequest }
    switch name {
    case "health": return (.health, database)
    case "prune": return (.prune, database)
    case "check": return (.check(try tags(json["tags"])), database)
    case "hint":
      guard let tags = try tags(json["tags"]) else { throw .noRequest }
      return (.hint(tags), database)
    case "forget":
      guard let tag = Self.tag(json["tag"]) else { throw .noRequest }
      return (.forget(tag), database)
    case "retry", "drop":
      guard let query = try json["deliveries"].map({ json throws(ControlError) in try DeliveryQuery(json) }) else {
        throw .noRequest
      }
      return (name == "retry" ? .retry(query) : .drop(query), database)
    default:
      throw ControlError(.usage, "the daemon does not know the request \(name.safe()): restart it after an upgrade")
    }
  }

  private static func tags(_ json: JSONValue?) throws(ControlError) -> [TagReference]? {
    guard let json, !json.isNull else { return nil }
    let tags = try json.each(tag)
    guard !tags.isEmpty, Set(tags).count == tags.count else { throw .noRequest }
    return tags
  }

  private static func tag(_ json: JSONValue?) -> TagReference? {
    json?.string.flatMap { try? ImageReference($0).tagReference }
  }
}

/// Why a request was not answered as wanted.
package struct ControlError: Error, Hashable, Sendable {
  package let status: ExitCode
  /// One line, with what to do.
  package let message: String
  /// What a client does something about.
  package enum Code: String, Sendable {
    case otherDatabase = "other_database"
  }

  /// `nil` for what is text for people alone.
  package var code: Code?
  /// A daemon said so.
  package var isReply = false
  /// Where no daemon answered: what was tried.
  package private(set) var attempts: String?

  package init(_ status: ExitCode, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What a daemon said no with.
  init(reply: JSONValue) {
    let status = reply["status"]?.integer.flatMap { Int32(exactly: $0) }.flatMap(ExitCode.init)
    self.init(status ?? .internalError, reply["message"]?.string ?? "the daemon refused: see its log")
    code = reply["code"]?.string.flatMap(Code.init)
    isReply = true
  }

  /// - Parameter forbidden: the socket at which this user may not ask, where one may be the daemon's.
  static func unanswered(_ database: String, _ reasons: [String], forbidden: String?) -> ControlError {
    let attempts = reasons.joined(separator: "; ")
    var error =
      if let forbidden {
        ControlError(
          .permission,
          "no daemon may be asked for \(database) (\(attempts)): \(FileAccess.remedy(forbidden, isWriting: true))")
      } else {
        ControlError(.unavailable, "no daemon answers for \(database) (\(attempts)): start it, or see its log")
      }
    error.attempts = attempts
    return error
  }

  static let otherDatabase = {
    var error = ControlError(.unavailable, "the daemon there has another database")
    error.code = .otherDatabase
    return error
  }()
  static let noReply = ControlError(
    .unavailable, "the daemon answered something unforeseen: restart it after an upgrade")
  static let noRequest = ControlError(.usage, "the daemon was sent something that is no request: report this")
}

extension JSONValue {
  /// The elements of an array, each of which `read` must accept.
  fileprivate func each<T>(_ read: (JSONValue) -> T?) throws(ControlError) -> [T] {
    guard let array else { throw .noRequest }
    let values = array.compactMap(read)
    guard values.count == array.count else { throw .noRequest }
    return values
  }
}

extension DeliveryQuery {
  fileprivate var json: JSONOutput {
    .members([
      "events": .array(
        events.map { event in
          switch event {
          case .id(let id): .string(id)
          case .sequence(let sequence): .int(sequence.rawValue)
          }
        }),
      "sinks": .array(sinks.map { .string($0) }),
      "since_ms": since.map { .int($0.milliseconds) } ?? .null,
      "states": .array(states.map(\.rawValue).sorted().map { .string($0) }),
    ])
  }

  fileprivate init(_ json: JSONValue) throws(ControlError) {
    guard let events = json["events"], let sinks = json["sinks"], let states = json["states"] else { throw .noRequest }
    self.init(states: Set(try states.each { $0.string.flatMap(DeliveryState.init) }))
    self.events = try events.each {
      $0.string.map { .id($0) } ?? $0.integer.map { .sequence(EventSequence(rawValue: $0)) }
    }
    self.sinks = try sinks.each(\.string)
    since = json["since_ms"]?.integer.map { Timestamp(milliseconds: $0) }
  }
}
