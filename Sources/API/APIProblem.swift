package import History
package import ImageModel
package import Questions

/// Why there is no answer. Source: RFC 9457.
package struct APIProblem: Error, Hashable, Sendable {
  package static let contentType = "application/problem+json"

  package enum Kind: Int, Sendable {
    case badRequest = 400
    case unauthorized = 401
    case notFound = 404
    case misdirected = 421
    case tooMany = 429
    case internalError = 500
    case unavailable = 503

    var title: String {
      switch self {
      case .badRequest: "Bad Request"
      case .unauthorized: "Unauthorized"
      case .notFound: "Not Found"
      case .misdirected: "Misdirected Request"
      case .tooMany: "Too Many Requests"
      case .internalError: "Internal Server Error"
      case .unavailable: "Service Unavailable"
      }
    }
  }

  package let kind: Kind
  /// One line: what, where, and what to do.
  package let detail: String

  package init(_ kind: Kind, _ detail: String) { (self.kind, self.detail) = (kind, detail) }

  package init(_ error: QuestionError) {
    switch error.status {
    case .usage: self.init(.badRequest, error.message)
    case .notFound: self.init(.notFound, error.message)
    default: self.init(.internalError, error.message)
    }
  }

  package init(_ error: StoreError) { self.init(error.code == .busy ? .unavailable : .internalError, error.message) }

  package var json: JSONOutput {
    .members([
      "type": "about:blank", "title": .string(kind.title), "status": .number(kind.rawValue), "detail": .string(detail),
    ])
  }
}
