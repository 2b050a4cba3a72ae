/// A complete response, of any status.
package struct HTTPResponse: Sendable {
  package let status: Int
  package let headers: HTTPHeaders
  /// Byte for byte as sent: no content coding was asked for. One that came all the same is undone if the client does
  /// that.
  package let body: [UInt8]
  /// Whether the body was longer and was cut off at its limit.
  package let bodyIsCut: Bool
  /// Where the response came from, after redirects.
  package let url: String
  package let wasRedirected: Bool
  /// The announced `Content-Length`, also of a HEAD; `nil` where there was none.
  package let contentLength: Int?
  /// Whether the address connected to, the proxy's if there is one, is a public one.
  package let isFromPublicAddress: Bool
  /// Host and port of the proxy that it came through.
  package let proxy: String?

  package init(
    status: Int, headers: HTTPHeaders, body: [UInt8], bodyIsCut: Bool = false, url: String,
    wasRedirected: Bool = false, contentLength: Int? = nil, isFromPublicAddress: Bool = false, proxy: String? = nil
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.bodyIsCut = bodyIsCut
    self.url = url
    self.wasRedirected = wasRedirected
    self.contentLength = contentLength
    self.isFromPublicAddress = isFromPublicAddress
    self.proxy = proxy
  }
}
