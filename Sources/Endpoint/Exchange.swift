import NIOCore
import NIOHTTP1

/// Takes one request, has it answered, and closes; each of the three steps has a deadline.
final class Exchange: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let step: TimeAmount
  private let answer: HTTPEndpoint.Answer
  private var head: HTTPRequestHead?
  private var isAnswering = false
  private var deadline: Scheduled<Void>?

  init(stepSeconds: Int, answer: @escaping HTTPEndpoint.Answer) {
    step = .seconds(Int64(stepSeconds))
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) { nextStep(context) }

  func channelInactive(context: ChannelHandlerContext) { deadline?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = self.head ?? head
    case .body: break
    case .end:
      guard let head, !isAnswering else { return }
      isAnswering = true
      find(head, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func nextStep(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: step) { context.close(promise: nil) }
  }

  private func find(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    nextStep(context)
    guard head.method == .GET || head.method == .HEAD else {
      return send(EndpointReply(405, body: Array("only GET and HEAD\n".utf8)), to: head, context)
    }
    let path = String(head.uri.prefix { $0 != "?" })
    let reply = context.eventLoop.makePromise(of: EndpointReply.self)
    reply.completeWithTask { [answer] in await answer(path) }
    reply.futureResult.assumeIsolated().whenSuccess { reply in self.send(reply, to: head, context) }
  }

  private func send(_ reply: EndpointReply, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    nextStep(context)
    var headers: HTTPHeaders = [
      "Content-Type": reply.contentType, "Content-Length": "\(reply.body.count)", "Connection": "close",
      "X-Content-Type-Options": "nosniff",
    ]
    if reply.status == 405 { headers.add(name: "Allow", value: "GET, HEAD") }
    let start = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
    context.write(wrapOutboundOut(.head(start)), promise: nil)
    if head.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }
}
