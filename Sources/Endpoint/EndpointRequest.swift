/// A request, read whole.
package struct EndpointRequest: Sendable {
  package enum Method: Sendable {
    /// HEAD is answered as GET is, without what follows the headers.
    case get
    case post
  }

  package let method: Method
  /// Without its query, as it was sent: percent-encoded …
  package let path: String
  /// … which is this.
  package let query: String
  let headers: [(name: String, value: String)]
  /// The address that it comes from, where that is known.
  package let peer: String?
  /// `nil` where it was longer than may be.
  package let body: [UInt8]?

  package init(
    _ method: Method, _ uri: String, headers: [(name: String, value: String)] = [], from peer: String? = nil,
    body: [UInt8]? = []
  ) {
    self.method = method
    // Whoever asks through a proxy names the host as well. Source: RFC 9112 section 3.2.2.
    let isAbsolute = uri.hasPrefix("http://") || uri.hasPrefix("https://")
    let rest = isAbsolute ? Self.relative(uri) : uri
    path = String(rest.prefix { $0 != "?" })
    query = String(rest.dropFirst(path.count).dropFirst())
    (self.headers, self.peer) = (headers, peer)
    self.body = body
  }

  private static func relative(_ uri: String) -> String {
    let authority = uri.drop { $0 != ":" }.dropFirst("://".count)
    let rest = authority.drop { $0 != "/" && $0 != "?" }
    return rest.hasPrefix("/") ? String(rest) : "/\(rest)"
  }

  /// `nil` where there are several, too: two who read them may each take another one.
  package func soleHeader(_ name: String) -> String? {
    let values = headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    return values.count == 1 ? values[0] : nil
  }

  /// Of several the first.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

package struct EndpointReply: Sendable {
  package var status: Int
  package var contentType: String
  /// Beside those that every answer has.
  package var headers: [(name: String, value: String)] = []
  package var body: [UInt8]
  /// What follows the body, piece by piece, until it ends or whoever reads it goes, which ends it as well. Such an
  /// answer has no length. A piece that is not taken off in time ends it, too.
  package var stream: AsyncStream<[UInt8]>?
  /// Asked before each piece of it whether whoever reads it still may.
  package var mayGoOn: (@Sendable () async -> Bool)?

  package init(_ status: Int, contentType: String = "text/plain; charset=utf-8", body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  static let notUnderstood = EndpointReply(400, body: Array("that is no HTTP/1 request\n".utf8))
  static let tooLong = EndpointReply(431, body: Array("the request is too long\n".utf8))

  /// What a path takes instead.
  package static func notAllowed(_ allowed: String) -> EndpointReply {
    var reply = EndpointReply(405, body: Array("only \(allowed)\n".utf8))
    reply.headers = [("Allow", allowed.replacing(" and ", with: ", "))]
    return reply
  }
}
