import ImageModel
import StrictJSON

/// What a registry's error body says, read leniently: `{"errors":[{"code","message","detail"}]}` by the
/// specification, in truth also `{"message":…}`, plain text and HTML.
struct ErrorBody: Hashable, Sendable {
  /// The codes as sent, `MANIFEST_UNKNOWN`. Empty where the body is not a registry's.
  let codes: [String]
  /// The registry's own words, safe to print, on one line; `nil` where it has none for people.
  let words: String?
  /// What a web server in front says about the client's certificate.
  let certificate: Certificate?
  /// Whether a web server says that it was spoken to in plain HTTP where it speaks TLS.
  let wantsTLS: Bool
  /// Code, message and detail of all errors, and what stands beside them, lower-cased, to look for hints in.
  private let haystack: String

  static let none = ErrorBody([])

  enum Certificate: String, CaseIterable {
    case missing = "No required SSL certificate was sent"
    case refused = "The SSL certificate error"

    /// nginx says so in the title of a page with status 400 (`ngx_http_special_response.c`).
    init?(_ body: [UInt8]) {
      let text = String(decoding: body.prefix(2_048), as: UTF8.self)
      guard let found = Self.allCases.first(where: { text.contains("400 \($0.rawValue)") }) else { return nil }
      self = found
    }
  }

  /// - Parameter secrets: what went out with the request. A server that repeats it is not quoted.
  init(_ body: [UInt8], hiding secrets: [String] = []) {
    let limits = JSONLimits(depth: Limits.jsonDepth, bytes: Limits.errorBodyBytes, values: 4_096)
    guard let json = try? StrictJSON.parse(body, limits: limits) else {
      codes = []
      certificate = Certificate(body)
      wantsTLS = Self.isAboutPlainHTTP(body)
      words = certificate?.rawValue ?? Self.plainText(body).flatMap { Self.repeats($0, secrets) ? nil : $0 }
      haystack = ""
      return
    }
    certificate = nil
    wantsTLS = false
    let errors = json["errors"]?.array ?? []
    codes = errors.compactMap { $0["code"]?.string }.filter { !$0.isEmpty && !Self.repeats($0, secrets) }
    let messages = errors.compactMap { $0["message"]?.string }
    let others = [json["message"]?.string, json["details"]?.string].compactMap { $0 }
    let said = (messages + others).first { !$0.isEmpty }
      .flatMap { Self.repeats($0, secrets) ? nil : $0 }
    words = said?.safe(limit: 200)
    haystack = (codes + messages + others + errors.compactMap { $0["detail"].map(Self.flatten) }).joined(separator: " ")
      .lowercased()
  }

  func has(_ code: String) -> Bool { codes.contains(code) }

  /// Whether the codes, or any words with them, contain `text`, lower-case.
  func mentions(_ text: String) -> Bool { haystack.contains(text) }

  /// ` MANIFEST_UNKNOWN (manifest unknown)`, to stand behind a status.
  var summary: String {
    (codes.first.map { " " + $0.safe(limit: 40) } ?? "") + (words.map { " (\($0))" } ?? "")
  }

  /// Whether a text holds the bare part of one of these.
  private static func repeats(_ text: String, _ secrets: [String]) -> Bool {
    secrets.contains { secret in
      secret.split(separator: " ").last.map { text.repeats(String($0)) } ?? false
    }
  }

  private static func flatten(_ value: JSONValue) -> String {
    switch value.kind {
    case .string(let text): text
    case .array(let values): values.map(flatten).joined(separator: " ")
    case .object(let members): members.map { flatten($0.value) }.joined(separator: " ")
    case .null, .bool, .number: ""
    }
  }

  /// Go's server in plain text, nginx and Apache on a page (`net/http` `server.go`, `ngx_http_special_response.c`).
  private static func isAboutPlainHTTP(_ body: [UInt8]) -> Bool {
    let text = String(decoding: body.prefix(2_048), as: UTF8.self)
    return [
      "HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL",
    ].contains(where: text.contains)
  }

  /// The first line of a plain text; a page of HTML is nothing to quote.
  private static func plainText(_ body: [UInt8]) -> String? {
    let text = String(decoding: body.prefix(2_048), as: UTF8.self)
    guard !text.contains("<"), let line = text.split(whereSeparator: \.isNewline).first else { return nil }
    return String(line).safe(limit: 200)
  }
}
