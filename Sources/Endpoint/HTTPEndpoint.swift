import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP server for a few small pages: one request per connection, everything bounded. Knows HTTP, not the pages.
package final class HTTPEndpoint: Sendable {
  package typealias Answer = @Sendable (EndpointRequest) async -> EndpointReply
  /// What one who is too many is answered; by the address that he asks for, percent-encoded.
  package typealias Refusal = @Sendable (_ uri: String, _ many: EndpointLimits.Many) -> EndpointReply

  private static let reusePort = NIOBSDSocket.Option(rawValue: SO_REUSEPORT)
  /// In milliseconds. Source: tcp(7).
  private static let userTimeout = NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)
  /// Connections that the system holds until they are accepted.
  private static let backlog: Int32 = 256

  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel

  private init(group: MultiThreadedEventLoopGroup, channel: any Channel) {
    self.group = group
    self.channel = channel
  }

  /// Listens from now on.
  ///
  /// - Parameters:
  ///   - host: a name or an address, an IPv6 address without brackets.
  ///   - predecessor: what is closed next. Until then both may have the port; to others it is taken.
  package static func listen(
    host: String, port: Int, limits: EndpointLimits = EndpointLimits(), replacing predecessor: HTTPEndpoint? = nil,
    refusal: @escaping Refusal = { _, many in EndpointReply(503, body: Array("\(many.rawValue)\n".utf8)) },
    answer: @escaping Answer
  ) async throws(EndpointError) -> HTTPEndpoint {
    let address = try await resolved(host, port)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connections = Connections(limit: limits.connections, streams: limits.streams)
    let places = (gets: Places(limits.answers), posts: Places(limits.posts?.atOnce ?? 0))
    let predecessor = predecessor?.channel.localAddress?.port == port ? predecessor : nil
    await predecessor?.share(true)
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: backlog)
        // What those have sent that come in is read before more of them do.
        .serverChannelOption(.maxMessagesPerRead, value: 4)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .serverChannelOption(.socketOption(Self.reusePort), value: predecessor == nil ? 0 : 1)
        // Who is gone without a word is given up, where something is sent to him.
        .childChannelOption(.tcpOption(Self.userTimeout), value: 30_000)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            connections.pass(channel)
            let pipeline = channel.pipeline.syncOperations
            let size = RequestSizeLimit(bytes: limits.requestBytes)
            try pipeline.addHandler(size)
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
            // What has no length ends with its connection: nobody needs pieces with lengths of their own.
            var framing = HTTPResponseEncoder.Configuration()
            framing.automaticallySetFramingHeaders = false
            try pipeline.addHandler(HTTPResponseEncoder(configuration: framing))
            try pipeline.addHandler(
              Exchange(
                limits: limits, size: size, connections: connections, places: places, answer: answer, refusal: refusal))
          }
        }
        .bind(to: address).get()
      let endpoint = HTTPEndpoint(group: group, channel: channel)
      if predecessor != nil { await endpoint.share(false) }
      return endpoint
    } catch {
      await predecessor?.share(false)
      try? await group.shutdownGracefully()
      throw EndpointError(error)
    }
  }

  /// On a thread that may block: a name server may take half a minute not to answer.
  private static func resolved(_ host: String, _ port: Int) async throws(EndpointError) -> SocketAddress {
    do {
      return try await NIOThreadPool.singleton.runIfActive {
        try SocketAddress.makeAddressResolvingHost(host, port: port)
      }
    } catch {
      throw EndpointError(error)
    }
  }

  /// Whether another socket of this user that says so as well may listen here.
  private func share(_ isShared: Bool) async {
    try? await channel.setOption(.socketOption(Self.reusePort), value: isShared ? 1 : 0).get()
  }

  /// Closes the port and all connections.
  package func close() async {
    try? await channel.close()
    try? await group.shutdownGracefully()
  }
}

package struct EndpointLimits: Sendable {
  /// On which a request comes in or an answer is taken off.
  package var connections = 16
  /// Beside those: answers that are looked for, hints' apart …
  package var answers = 144
  /// … and those that go on.
  package var streams = 256
  /// Request line and headers; a body counts too, where none is wanted.
  package var requestBytes = 8 << 10
  /// What may be sent here; `nil`: nothing.
  package var posts: Posts?
  /// For the request to come, for the answer to be found, and for each piece of it to be taken off.
  package var stepSeconds = 5

  /// Of what there may be no more.
  package enum Many: String, Sendable {
    case answers = "too many requests wait for their answers"
    case streams = "too many read along already"
  }

  package struct Posts: Sendable {
    /// Of the paths that take something.
    let prefix: String
    /// How much.
    let bytes: Int
    /// How many answers to them may be looked for.
    package var atOnce = 16
    /// Otherwise they are answered without being read.
    let areWanted: @Sendable () -> Bool

    package init(to prefix: String, bytes: Int, areWanted: @escaping @Sendable () -> Bool = { true }) {
      (self.prefix, self.bytes, self.areWanted) = (prefix, bytes, areWanted)
    }
  }

  package init() {}
}

/// Why nobody can listen there.
package struct EndpointError: Error, Hashable, Sendable {
  /// 0 where there is none.
  package let errno: Int32
  /// What the system says.
  package let message: String

  init(_ error: any Error) {
    switch error {
    case let error as IOError:
      (self.errno, message) = (error.errnoCode, String(cString: strerror(error.errnoCode)))
    case is SocketAddressError.UnknownHost, is SocketAddressError:
      (self.errno, message) = (EADDRNOTAVAIL, "The name has no address")
    default: (self.errno, message) = (0, "\(error)")
    }
  }
}
