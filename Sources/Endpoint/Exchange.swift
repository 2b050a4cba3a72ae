import NIOCore
import NIOHTTP1

/// Takes one request, has it answered, and closes. The request has a deadline, and so have the answer and each piece in
/// which it is sent.
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

  private static let pieceBytes = 64 << 10

  private let step: TimeAmount
  private let posts: EndpointLimits.Posts?
  private let size: RequestSizeLimit
  private let connections: Connections
  /// Of answers that are looked for, also for those that nobody waits for any more: each holds its request. There are
  /// fewer for those with long ones.
  private let places: (gets: Places, posts: Places)
  private let answer: HTTPEndpoint.Answer
  private let refusal: HTTPEndpoint.Refusal
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var stage = Stage.reading
  private var deadline: Scheduled<Void>?
  private var sending: Task<Void, Never>?

  init(
    limits: EndpointLimits, size: RequestSizeLimit, connections: Connections, places: (gets: Places, posts: Places),
    answer: @escaping HTTPEndpoint.Answer, refusal: @escaping HTTPEndpoint.Refusal
  ) {
    step = .seconds(Int64(limits.stepSeconds))
    posts = limits.posts
    self.size = size
    self.connections = connections
    self.places = places
    (self.answer, self.refusal) = (answer, refusal)
  }

  func channelActive(context: ChannelHandlerContext) { nextStep(context) }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    sending?.cancel()
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

  /// What is no request, or too long, is answered like one that is.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch stage {
    case .reading:
      stage = .draining
      let reply = error is RequestSizeLimit.TooLong ? EndpointReply.tooLong : .notUnderstood
      send(reply, to: HTTPRequestHead(version: .http1_1, method: .GET, uri: ""), context)
    case .answering: context.close(promise: nil)
    case .draining: break
    }
  }

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
    let places = isPost ? places.posts : places.gets
    guard places.enter() else { return send(refusal(head.uri, .answers), to: head, context) }
    connections.wait(context.channel)
    let request = EndpointRequest(
      isPost ? .post : .get, head.uri, headers: head.headers.map { ($0.name, $0.value) },
      from: context.remoteAddress?.ipAddress, body: body)
    let reply = context.eventLoop.makePromise(of: EndpointReply.self)
    reply.completeWithTask { [answer] in await answer(request) }
    self.body = []
    reply.futureResult.assumeIsolated().whenSuccess { self.send($0, to: head, context, leaving: places) }
  }

  /// - Parameter places: of which it leaves one when the answer is on its way.
  private func send(
    _ reply: EndpointReply, to head: HTTPRequestHead, _ context: ChannelHandlerContext, leaving places: Places? = nil
  ) {
    let channel = context.channel
    guard channel.isActive else { places?.leave(); return }
    var rest = reply
    if head.method == .HEAD { (rest.body, rest.stream) = ([], nil) }
    if rest.stream != nil, !connections.stream(channel) {
      return send(refusal(head.uri, .streams), to: head, context, leaving: places)
    }
    var headers: HTTPHeaders = [
      "Content-Type": reply.contentType, "Connection": "close", "X-Content-Type-Options": "nosniff",
    ]
    if reply.stream == nil { headers.add(name: "Content-Length", value: "\(reply.body.count)") }
    for (name, value) in reply.headers { headers.add(name: name, value: value) }
    let start = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
    context.write(wrapOutboundOut(.head(start)), promise: nil)
    // The other side closes after a request that is drained, or the deadline does.
    if stage == .draining { nextStep(context) } else { deadline?.cancel() }
    let isLong = rest.body.count > Self.pieceBytes
    sending = Self.send(rest, to: channel, close: stage == .draining ? .output : .all, step) { [connections] in
      places?.leave()
      if isLong { connections.pass(channel) }
    }
  }

  /// Takes a piece when the one before is on its way, so that whoever makes them sees how fast they are read.
  ///
  /// - Parameter isBegun: called when the first piece is on its way, or nothing ever will be.
  private static func send(
    _ reply: EndpointReply, to channel: any Channel, close mode: CloseMode, _ step: TimeAmount,
    isBegun: @escaping @Sendable () -> Void
  ) -> Task<Void, Never> {
    @Sendable func send(_ part: HTTPServerResponsePart) async -> Bool {
      let isLate = channel.eventLoop.scheduleTask(in: step) { channel.close(promise: nil) }
      defer { isLate.cancel() }
      return (try? await channel.writeAndFlush(part).get()) != nil
    }
    @Sendable func send(_ piece: some Collection<UInt8> & Sendable) async -> Bool {
      await send(.body(.byteBuffer(ByteBuffer(bytes: piece))))
    }
    return Task {
      let isTaken = await send(reply.body.prefix(pieceBytes))
      isBegun()
      guard isTaken else { return }
      for start in stride(from: pieceBytes, to: reply.body.count, by: pieceBytes) {
        guard await send(reply.body[start..<min(start + pieceBytes, reply.body.count)]) else { return }
      }
      if let stream = reply.stream {
        for await piece in stream {
          if let mayGoOn = reply.mayGoOn, await !mayGoOn() { break }
          guard await send(piece) else { return }
        }
      }
      guard await send(.end(nil)) else { return }
      try? await channel.close(mode: mode)
    }
  }
}
