import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Endpoint

/// What clients of `http.listen` send, up to where it is answered.
extension FuzzTarget {
  static let endpoint = [FuzzTarget(name: "http-request", check: httpRequest)]

  /// The first byte says in pieces of what length it comes.
  @Sendable private static func httpRequest(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let limit = 2_048
    let channel = EmbeddedChannel()
    let parts = Parts()
    try channel.pipeline.syncOperations.addHandlers([
      RequestSizeLimit(bytes: limit), ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
      parts,
    ])
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
    var rest = bytes.dropFirst()
    while !rest.isEmpty, channel.isActive {
      let piece = rest.prefix(Int(first) * 8 + 1)
      // What cannot be read ends the connection.
      _ = try? channel.writeInbound(ByteBuffer(bytes: piece))
      rest = rest.dropFirst(piece.count)
      channel.embeddedEventLoop.run()
    }
    try hold(parts.bodyBytes <= limit, "\(parts.bodyBytes) bytes of body")
    for head in parts.heads {
      try hold(head.uri.utf8.count <= limit, "a path of \(head.uri.utf8.count) bytes")
      try hold(!head.uri.utf8.contains { $0 == 0x20 || $0 == 0x0a }, "the path \(shown(head.uri))")
    }
    _ = try? channel.finish(acceptAlreadyClosed: true)
  }

  /// Stands where the exchange does.
  private final class Parts: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private(set) var heads: [HTTPRequestHead] = []
    private(set) var bodyBytes = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): heads.append(head)
      case .body(let body): bodyBytes += body.readableBytes
      case .end: break
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
