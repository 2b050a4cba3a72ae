import NIOCore

/// Lets through what a request may be long, and tells of more, which is dropped. There is one request per connection.
final class RequestSizeLimit: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  struct TooLong: Error {}

  private let headBytes: Int
  private var left: Int
  private var isTold = false

  init(bytes: Int) { (headBytes, left) = (bytes, bytes) }

  /// So much may follow the headers, in pieces as well, each of which is announced.
  func allow(_ bytes: Int) { left = bytes > Int.max - headBytes ? .max : bytes + headBytes }

  /// What is still allowed goes on first: it may be the headers, after which more is.
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    while buffer.readableBytes > 0 {
      guard left > 0, let piece = buffer.readSlice(length: min(left, buffer.readableBytes)) else {
        if !isTold { context.fireErrorCaught(TooLong()) }
        isTold = true
        return
      }
      left -= piece.readableBytes
      context.fireChannelRead(wrapInboundOut(piece))
    }
  }
}
