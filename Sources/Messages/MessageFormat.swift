import ImageModel
import StrictJSON

/// How an event is told at one service: what has to be known of it, and what it is sent. All there is to say of a
/// service stands in its own file; the reference's rows, what `config check` says and the tests are made from this
/// table.
package struct MessageFormat: Hashable, Sendable {
  /// As `format` has it.
  package let name: String
  /// For people.
  package let service: String
  /// Where it is documented what may be sent.
  package let source: String
  /// What has to be made there, and where what it gives goes.
  package let setup: String
  package var url = Place.required
  /// Why a URL with such a path is none of the service's; `nil` where it may be one.
  var pathMistake: @Sendable (_ path: Substring) -> String? = { _ in nil }
  /// What `token_file` is for; `nil` where there is none.
  package var token: String?
  package var parameters: [Parameter] = []
  /// No more is sent than each of them says; none where the service names no rate.
  package var paces: [Pace] = []
  /// No more requests are under way, where the service names a number.
  package var atOnce: Int?
  /// Whether a message starts a job, which reads single facts of it.
  package var startsJobs = false
  /// The largest body, for tests: each keeps to it by cutting.
  package let bodyBytes: Int
  let render: @Sendable (Message, Setting) -> MessageRequest
  /// How long the body of a refusal asks to wait, in seconds; what its header says is known.
  var retryAfter: @Sendable (_ body: [UInt8]) -> Double? = { _ in nil }
  /// A refusal other than 429 that means the same.
  var tooMany: Refusal?

  package enum Place: Hashable, Sendable {
    /// The configuration has to say it.
    case required
    case usually(String)
  }

  /// So many requests in so many seconds.
  package struct Pace: Hashable, Sendable {
    package let requests: Int
    package let seconds: Int
    package init(requests: Int, seconds: Int) { (self.requests, self.seconds) = (requests, seconds) }
  }

  /// An answer that is known by its words.
  struct Refusal: Hashable, Sendable {
    let status: Int
    /// Somewhere in the body, in lower case.
    let words: String
    /// For how long it holds where it does not say so, nor a 429.
    let seconds: Int
  }

  package struct Parameter: Hashable, Sendable {
    package enum Form: Hashable, Sendable {
      case text(upTo: Int)
      case integer(ClosedRange<Int>)
      case choice([String])
    }

    package let name: String
    package let form: Form
    /// `nil` where the configuration has to say it.
    package var usually: String?
    package let meaning: String
    /// Of a text; what the service would refuse each message for.
    package var shape: Shape?
  }

  package enum Shape: Hashable, Sendable {
    /// A number, or `@name`.
    case chat
    /// `!…`, and no alias.
    case room
    /// `owner/name`.
    case repository
    /// Letters, digits, `_` and `-`.
    case topic

    package func fits(_ text: String) -> Bool {
      func isName(_ text: Substring, _ others: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || others.contains($0) }
      }
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      return switch self {
      case .chat: Int64(text) != nil || text.hasPrefix("@") && isName(text.dropFirst(), "_")
      case .room: text.hasPrefix("!") && text.count > 1 && !text.contains(where: \.isWhitespace)
      case .repository: parts.count == 2 && parts.allSatisfy { isName($0, "-_.") }
      case .topic: isName(text[...], "-_")
      }
    }
  }

  /// What the configuration says.
  package struct Setting: Sendable {
    /// Without what the service's own path is.
    package let url: String
    /// Empty where there is none.
    package let token: String
    /// Of all parameters.
    package let parameters: [String: String]

    package init(url: String, token: String, parameters: [String: String]) {
      (self.url, self.token, self.parameters) = (url, token, parameters)
    }

    subscript(parameter: String) -> String { parameters[parameter] ?? "" }

    /// A path of the service below its URL.
    func path(_ path: String) -> String { (url.hasSuffix("/") ? String(url.dropLast()) : url) + path }
  }

  package func request(_ message: Message, _ setting: Setting) -> MessageRequest {
    let usual = parameters.compactMap { parameter in parameter.usually.map { (parameter.name, $0) } }
    let all = setting.parameters.merging(usual) { given, _ in given }
    return render(message, Setting(url: setting.url, token: setting.token, parameters: all))
  }

  /// Seconds for which a refusal asks in its body to be sent nothing.
  package func secondsToWait(_ body: [UInt8]) -> Double? {
    retryAfter(body).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
  }

  /// For how long one refuses that does not say so; `nil` where nothing is known of that.
  package var usualSecondsToWait: Int? { tooMany?.seconds }

  /// Whether an answer that is no 429 says that there was too much.
  package func meansTooMany(_ status: Int, _ body: [UInt8]) -> Bool {
    guard let tooMany, status == tooMany.status else { return false }
    return String(decoding: body, as: UTF8.self).lowercased().contains(tooMany.words)
  }

  /// Why a URL is none of the service's; `nil` where it may be one.
  package func mistake(inURL url: String) -> String? {
    let place = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    return pathMistake(place.drop { $0 != "/" && $0 != "?" }.prefix { $0 != "?" })
  }

  /// Those that say who sends.
  package var headers: [String] {
    render(Message(document: []), Setting(url: "", token: "", parameters: [:])).headers.map(\.name)
  }

  package static let all: [MessageFormat] = [
    .slack, .mattermost, .discord, .teams, .googleChat, .ntfy, .gotify, .telegram, .matrix, .pushover, .github, .gitlab,
    .jenkins,
  ]

  package static func == (left: MessageFormat, right: MessageFormat) -> Bool { left.name == right.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  package static func named(_ name: String) -> MessageFormat? { all.first { $0.name == name } }
}

/// What is sent to a service.
package struct MessageRequest: Hashable, Sendable {
  package enum Method: String, CaseIterable, Sendable {
    case post = "POST"
    case put = "PUT"
  }

  package var method = Method.post
  package let url: String
  package var headers: [Header] = []
  package var contentType = "application/json"
  package let body: [UInt8]

  package struct Header: Hashable, Sendable {
    package let name: String
    package let value: String
  }

  init(_ url: String, method: Method, contentType: String, body: [UInt8]) {
    (self.url, self.method, self.contentType, self.body) = (url, method, contentType, body)
  }

  init(
    _ url: String, method: Method = .post, headers: KeyValuePairs<String, String> = [:], json: JSONOutput
  ) {
    (self.method, self.url, body) = (method, url, json.bytes)
    self.headers = headers.map { Header(name: $0.key, value: $0.value) }
  }

  /// Fields as forms on web pages send them.
  init(_ url: String, form: [(name: String, value: String)]) {
    self.url = url
    contentType = "application/x-www-form-urlencoded"
    body = Array(
      form.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }.joined(separator: "&").utf8)
  }
}

extension JSONValue {
  /// What a service has answered.
  static func answer(_ body: [UInt8]) -> JSONValue? {
    try? StrictJSON.parse(body, limits: JSONLimits(bytes: Limits.webhookReplyBytes, values: 1_000))
  }

  /// As a double; `nil` for what is no number.
  var number: Double? {
    if case .number(let number) = kind { number.double } else { nil }
  }
}
