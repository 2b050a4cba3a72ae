import ImageModel

/// What of an event goes out, made of its frozen document and of what the configuration says alone.
package enum MessageContent: Hashable, Sendable {
  /// The document as it is.
  case document
  /// A service's message, with the parameters that it wants.
  case format(MessageFormat, [String: String])
  /// A body that somebody has written.
  case body(BodyTemplate)

  package static let documentType = "application/cloudevents+json; charset=utf-8"
  /// Stands in a URL for the event's ID.
  private static let idPlace = "{{id}}"

  /// Whether it is made for a service that shows it, which then is the only one to know whether it can.
  package var isMessage: Bool { self != .document }

  /// The media type of what is sent; `nil` where the format has its own.
  package var usualType: String? {
    switch self {
    case .document: Self.documentType
    case .body: "application/json"
    case .format: nil
    }
  }

  package var format: MessageFormat? {
    if case .format(let format, _) = self { format } else { nil }
  }

  /// - Parameters:
  ///   - id: the event's.
  ///   - url: as it is configured; of a format that adds a path its beginning.
  ///   - token: what `token_file` holds, or nothing.
  ///   - method: where no format decides that.
  ///   - publicURL: where the pages are, if there are any.
  package func request(
    of document: [UInt8], id: String, url: String, token: String, method: MessageRequest.Method, publicURL: String?
  ) -> MessageRequest {
    let url = url.replacing(Self.idPlace, with: id.percentEncoded())
    switch self {
    case .document: return MessageRequest(url, method: method, contentType: Self.documentType, body: document)
    case .format(let format, let parameters):
      return format.request(
        Message(document: document, publicURL: publicURL), .init(url: url, token: token, parameters: parameters))
    case .body(let template):
      let body = template.body(Message(document: document, publicURL: publicURL))
      return MessageRequest(url, method: method, contentType: usualType ?? "", body: body)
    }
  }
}
