import NIOCore
import NIOHTTP1

/// Takes one request, has it answered, and closes; each of the three steps has a deadline. Of an answer that goes on
/// each piece has one.
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
  private let connections: Connections
  private let underWay: AnswersUnderWay
  private let answer: HTTPEndpoint.Answer
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var stage = Stage.reading
  private var deadline: Scheduled<Void>?
  private var streaming: Task<Void, Never>?

  init(
    limits: EndpointLimits, size: RequestSizeLimit, connections: Connections, underWay: AnswersUnderWay,
    answer: @escaping HTTPEndpoint.Answer
  ) {
    step = .seconds(Int64(limits.stepSeconds))
    posts = limits.posts
    self.size = size
    self.connections = connections
    self.underWay = underWay
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) { nextStep(context) }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    streaming?.cancel()
  }

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
      let takesPosts = posts.map { head.uri.hasPrefix($0.prefix) && $0.areWanted() } ?? false
      return send(.notAllowed(takesPosts ? "POST" : "GET and HEAD"), to: head, context)
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
    let stream = head.method == .HEAD ? nil : reply.stream
    if stream != nil, !connections.stream(context.channel) { return send(.tooManyStreams, to: head, context) }
    var headers: HTTPHeaders = [
      "Content-Type": reply.contentType, "Connection": "close", "X-Content-Type-Options": "nosniff",
    ]
    if reply.stream == nil { headers.add(name: "Content-Length", value: "\(reply.body.count)") }
    for (name, value) in reply.headers { headers.add(name: name, value: value) }
    let start = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
    context.write(wrapOutboundOut(.head(start)), promise: nil)
    if head.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
    }
    if let stream {
      context.flush()
      deadline?.cancel()
      streaming = Self.send(stream, to: context.channel, step)
      return
    }
    let isDraining = stage == .draining
    context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
      // The other side closes then, or the deadline does.
      context.close(mode: isDraining ? .output : .all, promise: nil)
    }
  }

  /// Takes a piece when the one before is on its way, so that whoever makes them sees how fast they are read.
  private static func send(
    _ stream: AsyncStream<[UInt8]>, to channel: any Channel, _ step: TimeAmount
  ) -> Task<Void, Never> {
    Task {
      for await piece in stream {
        let isLate = channel.eventLoop.scheduleTask(in: step) { channel.close(promise: nil) }
        defer { isLate.cancel() }
        let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: piece)))
        guard (try? await channel.writeAndFlush(part).get()) != nil else { return }
      }
      try? await channel.close()
    }
  }
}
