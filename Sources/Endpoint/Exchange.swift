import NIOCore
import NIOHTTP1

/// Takes one request, has it answered, and closes; each of the three steps has a deadline.
final class Exchange: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Stage {
    case reading
    case answering
    /// The answer went out before all of the request came, the rest of which is read and dropped: closed at once, the
    /// connection would be reset, and the answer lost.
    case draining
  }

  private let step: TimeAmount
  private let posts: EndpointLimits.Posts?
  private let size: RequestSizeLimit
  private let answer: HTTPEndpoint.Answer
  private let underWay: AnswersUnderWay
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var stage = Stage.reading
  private var deadline: Scheduled<Void>?

  init(
    limits: EndpointLimits, size: RequestSizeLimit, underWay: AnswersUnderWay, answer: @escaping HTTPEndpoint.Answer
  ) {
    step = .seconds(Int64(limits.stepSeconds))
    posts = limits.posts
    self.size = size
    self.underWay = underWay
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) { nextStep(context) }

  func channelInactive(context: ChannelHandlerContext) { deadline?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard stage == .reading else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard self.head == nil else { return }
      self.head = head
      guard let posts, isPost(head) else { return }
      guard posts.areWanted() else { return answerNow(head, context) }
      size.allow(posts.bytes)
      if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > posts.bytes {
        answerNow(head, context)
      }
    case .body(let piece):
      guard let posts, let head, isPost(head) else { return }
      guard body.count + piece.readableBytes <= posts.bytes else { return answerNow(head, context) }
      body.append(contentsOf: piece.readableBytesView)
    case .end:
      guard let head else { return }
      stage = .answering
      find(head, body: body, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func isPost(_ head: HTTPRequestHead) -> Bool {
    posts.map { head.method == .POST && head.uri.hasPrefix($0.prefix) } ?? false
  }

  /// What comes after the headers is not kept.
  private func answerNow(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    stage = .draining
    size.allow(.max)
    body = []
    find(head, body: nil, context)
  }

  private func nextStep(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: step) { context.close(promise: nil) }
  }

  private func find(_ head: HTTPRequestHead, body: [UInt8]?, _ context: ChannelHandlerContext) {
    nextStep(context)
    let isPost = isPost(head)
    guard isPost || head.method == .GET || head.method == .HEAD else {
      return send(.notAllowed("GET and HEAD"), to: head, context)
    }
    guard underWay.enter() else { return send(.tooMany, to: head, context) }
    let request = EndpointRequest(
      isPost ? .post : .get, head.uri, headers: head.headers.map { ($0.name, $0.value) },
      from: context.remoteAddress?.ipAddress, body: body)
    let reply = context.eventLoop.makePromise(of: EndpointReply.self)
    reply.completeWithTask { [answer] in await answer(request) }
    self.body = []
    reply.futureResult.assumeIsolated().whenSuccess { reply in
      self.underWay.leave()
      self.send(reply, to: head, context)
    }
  }

  private func send(_ reply: EndpointReply, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    nextStep(context)
    var headers: HTTPHeaders = [
      "Content-Type": reply.contentType, "Content-Length": "\(reply.body.count)", "Connection": "close",
      "X-Content-Type-Options": "nosniff",
    ]
    for (name, value) in reply.headers { headers.add(name: name, value: value) }
    let start = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
    context.write(wrapOutboundOut(.head(start)), promise: nil)
    if head.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
    }
    let isDraining = stage == .draining
    context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
      // The other side closes then, or the deadline does.
      context.close(mode: isDraining ? .output : .all, promise: nil)
    }
  }
}
