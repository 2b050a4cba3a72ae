/// What the loopback server answers, and how badly it behaves while doing so.
package struct ScriptedResponse: Sendable {
  package enum Behaviour: Sendable {
    /// A correct answer over a connection that stays open.
    case normal
    /// Takes the request and never answers, until the client or the test gives up.
    case hang
    /// Closes without an answer.
    case drop
    /// Announces the whole body and closes after so many bytes of it.
    case dropMidBody(after: Int)
    /// Chunks without end; `body` is not used.
    case endlessChunked
    /// Sends the body in ten pieces a second.
    case slowBody(bytesPerSecond: Int)
    /// Sends these bytes in place of a response, then closes.
    case rawBytes([UInt8])
    /// Adds so many headers of about 60 bytes.
    case manyHeaders(Int)
    /// Announces this `Content-Length`, sends the body as it is, then closes.
    case announceLength(Int)
  }

  package var status: Int
  /// `Content-Length` is added where it is not among them.
  package var headers: [(String, String)]
  package var body: [UInt8]
  package var behaviour: Behaviour

  package init(
    _ status: Int, headers: [(String, String)] = [], body: [UInt8] = [], behaviour: Behaviour = .normal
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.behaviour = behaviour
  }

  /// Status line and headers with the empty line that ends them.
  func head(length: Int?, chunked: Bool = false) -> [UInt8] {
    var text = "HTTP/1.1 \(status) Scripted\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if chunked {
      text += "Transfer-Encoding: chunked\r\n"
    } else if let length, !headers.contains(where: { $0.0.lowercased() == "content-length" }),
      status != 204, status != 304
    {
      text += "Content-Length: \(length)\r\n"
    }
    return Array((text + "\r\n").utf8)
  }
}
