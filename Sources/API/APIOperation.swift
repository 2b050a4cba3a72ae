/// What the API answers, each with what may be asked of it. The parser and the OpenAPI document go by this table.
/// Source: docs/reference.md, API.
package enum APIOperation: String, CaseIterable, Sendable {
  case status, history, events, stream, which, diff, description

  package static let prefix = "/api/"

  /// - Parameter path: as it is requested.
  package init?(path: String) {
    guard let found = Self.allCases.first(where: { $0.path == path }) else { return nil }
    self = found
  }

  package var path: String {
    switch self {
    case .stream: "/api/v1/events/stream"
    case .description: "/api/v1/openapi.json"
    case .status, .history, .events, .which, .diff: "/api/v1/\(rawValue)"
    }
  }

  package var mediaType: String {
    switch self {
    case .events: "application/x-ndjson"
    case .stream: "text/event-stream"
    case .status, .history, .which, .diff, .description: "application/json"
    }
  }

  /// In the order in which they are described.
  var parameters: [APIParameter] {
    switch self {
    case .status: [.tags, .failing, .limit, .after(.tag)]
    case .history: [.tag, .platforms, .since, .until, .at, .all, .limit, .after(.number)]
    case .events: [.tags, .types, .since, .limit, .after(.sequence)]
    case .stream: [.after(.sequence)]
    case .which: [.digest, .limit, .after(.number)]
    case .diff: [.tag, .from, .to]
    case .description: []
    }
  }

  /// Whether it gives one page of several.
  var isPaged: Bool { parameters.contains(.limit) }

  var summary: String {
    switch self {
    case .status: "How tags and sinks are doing"
    case .history: "Which images a tag has named, and from when to when; newest first"
    case .events: "Recorded events, oldest first, a document a line"
    case .stream: "Events as they are recorded, as server-sent events"
    case .which: "Which tags a digest belongs to, since when, and what pulls it"
    case .diff: "What changed in a tag's images from one state to another"
    case .description: "This document"
    }
  }
}

/// What may stand in a query string.
struct APIParameter: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case tag, platform, time, digest, state, type
    /// `true` or `false`.
    case flag
    /// From 1 to `mostItems`.
    case limit
    /// Of an event.
    case sequence
    /// As a `Link` has it.
    case number
  }

  /// How much a page has at most, and where nobody says how much.
  static let mostItems = 1_000

  let name: String
  let kind: Kind
  var isRequired = false
  var isRepeatable = false
  let words: String

  static let tag = APIParameter(
    name: "tag", kind: .tag, isRequired: true, words: "A tag: amazonlinux, ghcr.io/o/i:1")
  static let tags = APIParameter(
    name: "tag", kind: .tag, isRepeatable: true, words: "Only this tag; may be repeated")
  static let failing = APIParameter(
    name: "failing", kind: .flag,
    words: "Only tags that fail, are unreachable or deleted, or have none of their platforms")
  static let platforms = APIParameter(
    name: "platform", kind: .platform, isRepeatable: true, words: "Only this platform; may be repeated")
  static let since = APIParameter(name: "since", kind: .time, words: "Only what held, or was recorded, then or later")
  static let until = APIParameter(name: "until", kind: .time, words: "Only what had begun by then")
  static let at = APIParameter(name: "at", kind: .time, words: "Only what held then")
  static let all = APIParameter(
    name: "all", kind: .flag, words: "Every recorded state, also those that did not change an image")
  static let types = APIParameter(
    name: "type", kind: .type, isRepeatable: true,
    words: "Only this type: watcher.image.changed, image.*, changed; may be repeated")
  static let digest = APIParameter(
    name: "digest", kind: .digest, isRequired: true,
    words: "A digest or its beginning: six or more hexadecimal digits, with its algorithm or without")
  static let from = APIParameter(
    name: "from", kind: .state, words: "The earlier state, or another tag; the last that had other images")
  static let to = APIParameter(name: "to", kind: .state, words: "The later state, or another tag; the newest")
  static let limit = APIParameter(
    name: "limit", kind: .limit, words: "At most so many on a page; \(mostItems) where nothing is said")

  static func after(_ kind: Kind) -> APIParameter {
    let words =
      switch kind {
      case .tag: "Only tags behind this one, in the order of their names"
      case .sequence: "Only events after the one with this sequence"
      default: "What the page before has in its Link"
      }
    return APIParameter(name: "after", kind: kind, words: words)
  }
}
