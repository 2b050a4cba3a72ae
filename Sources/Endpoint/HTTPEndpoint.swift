import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server for a few small pages: one request per connection, everything bounded. Knows HTTP, not the pages.
public final class HTTPEndpoint: Sendable {
  /// - Parameter path: of the request, without its query.
  public typealias Answer = @Sendable (_ path: String) async -> EndpointReply

  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel

  private init(group: MultiThreadedEventLoopGroup, channel: any Channel) {
    self.group = group
    self.channel = channel
  }

  /// Listens from now on.
  ///
  /// - Parameter host: a name or an address, an IPv6 address without brackets.
  public static func listen(
    host: String, port: Int, limits: EndpointLimits = EndpointLimits(), answer: @escaping Answer
  ) async throws(EndpointError) -> HTTPEndpoint {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connections = Connections(limit: limits.connections)
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: Int32(limits.connections))
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            // What is one too many is closed without a word.
            try connections.enter()
            channel.closeFuture.whenComplete { _ in connections.leave() }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(RequestSizeLimit(bytes: limits.requestBytes))
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
            try pipeline.addHandler(HTTPResponseEncoder())
            try pipeline.addHandler(Exchange(stepSeconds: limits.stepSeconds, answer: answer))
          }
        }
        .bind(host: host, port: port).get()
      return HTTPEndpoint(group: group, channel: channel)
    } catch {
      try? await group.shutdownGracefully()
      throw EndpointError(error)
    }
  }

  /// Closes the port and all connections.
  public func close() async {
    try? await channel.close()
    try? await group.shutdownGracefully()
  }
}

public struct EndpointLimits: Sendable {
  public var connections = 16
  /// Request line and headers; a body counts too.
  public var requestBytes = 8 << 10
  /// For the request to come, for the answer to be found, and for it to be taken off.
  public var stepSeconds = 5

  public init() {}
}

public struct EndpointReply: Sendable {
  public var status: Int
  public var contentType: String
  public var body: [UInt8]

  public init(_ status: Int, contentType: String = "text/plain; charset=utf-8", body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}

/// Why nobody can listen there.
public struct EndpointError: Error, Hashable, Sendable {
  /// 0 where there is none.
  public let errno: Int32
  /// What the system says.
  public let message: String

  init(_ error: any Error) {
    guard let error = error as? IOError else {
      (self.errno, message) = (0, "\(error)")
      return
    }
    (self.errno, message) = (error.errnoCode, String(cString: strerror(error.errnoCode)))
  }
}

/// Counts the connections that are open.
private final class Connections: Sendable {
  struct TooMany: Error {}

  private let limit: Int
  private let open = Mutex(0)

  init(limit: Int) { self.limit = limit }

  func enter() throws(TooMany) {
    let hasRoom = open.withLock { open in
      guard open < limit else { return false }
      open += 1
      return true
    }
    guard hasRoom else { throw TooMany() }
  }

  func leave() { open.withLock { $0 -= 1 } }
}
