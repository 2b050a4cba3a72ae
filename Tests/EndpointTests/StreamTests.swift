import Endpoint
import Synchronization
import TestSupport
import Testing

/// Answers that go on.
@Suite(.serialized, .timeLimit(.minutes(1))) struct StreamTests {
  /// What makes the pieces, and whether anybody takes them still.
  private final class Source: Sendable {
    private let pieces: AsyncStream<[UInt8]>.Continuation
    private let ended = Mutex(false)

    private init(_ pieces: AsyncStream<[UInt8]>.Continuation) { self.pieces = pieces }

    /// Whoever holds a stream may read it still.
    static func make() -> (Source, AsyncStream<[UInt8]>) {
      let (stream, pieces) = AsyncStream.makeStream(of: [UInt8].self)
      let source = Source(pieces)
      pieces.onTermination = { [weak source] _ in source?.ended.withLock { $0 = true } }
      return (source, stream)
    }

    var hasEnded: Bool { ended.withLock { $0 } }

    func send(_ text: String) { pieces.yield(Array(text.utf8)) }

    func finish() { pieces.finish() }
  }

  private final class Sources: Sendable {
    private let all = Mutex<[Source]>([])

    subscript(index: Int) -> Source { all.withLock { $0[index] } }

    func add(_ source: Source) { all.withLock { $0.append(source) } }
  }

  private let sources = Sources()

  /// Each request for `/stream` has a source of its own.
  private func listen(_ change: (inout EndpointLimits) -> Void = { _ in }) async throws -> (Int, HTTPEndpoint) {
    let port = try freePort()
    var limits = EndpointLimits()
    change(&limits)
    let endpoint = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port, limits: limits) { [sources] request in
      var reply = EndpointReply(200, contentType: "text/event-stream", body: Array("first\n".utf8))
      guard request.path == "/stream" else { return reply }
      let (source, stream) = Source.make()
      sources.add(source)
      reply.stream = stream
      return reply
    }
    return (port, endpoint)
  }

  private func open(_ port: Int, _ version: String = "HTTP/1.1") throws -> TCPClient {
    let client = try TCPClient(port: port)
    client.send("GET /stream \(version)\r\nHost: x\r\n\r\n")
    let head = try #require(client.receive(to: "first\n"))
    #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"))
    #expect(
      !head.contains("Content-Length") && !head.contains("Transfer-Encoding") && head.hasSuffix("\r\n\r\nfirst\n"))
    return client
  }

  @Test(arguments: ["HTTP/1.1", "HTTP/1.0"]) func eachPieceIsSentWhenItComes(_ version: String) async throws {
    let (port, endpoint) = try await listen { $0.stepSeconds = 1 }
    let client = try open(port, version)
    sources[0].send("second\n")
    #expect(client.receive(to: "second\n") == "second\n")
    // Longer than any step may take.
    try await Task.sleep(for: .milliseconds(1_500))
    sources[0].send("third\n")
    #expect(client.receive(to: "third\n") == "third\n")
    sources[0].send("last\n")
    sources[0].finish()
    #expect(client.receiveToEnd() == "last\n")
    await endpoint.close()
  }

  /// Asked before each piece.
  @Test func itEndsWhenWhoeverReadsItMayNot() async throws {
    let port = try freePort()
    let mayGoOn = Mutex(true)
    let (source, stream) = Source.make()
    let endpoint = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port) { _ in
      var reply = EndpointReply(200, contentType: "text/event-stream", body: Array("first\n".utf8))
      reply.stream = stream
      reply.mayGoOn = { mayGoOn.withLock { $0 } }
      return reply
    }
    let client = try open(port)
    source.send("second\n")
    #expect(client.receive(to: "second\n") == "second\n")
    mayGoOn.withLock { $0 = false }
    source.send("third\n")
    #expect(client.receiveToEnd() == "")
    await endpoint.close()
  }

  @Test func headHasNothingOfIt() async throws {
    let (port, endpoint) = try await listen()
    let head = try TCPClient.exchange("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n", port: port)
    #expect(head?.hasPrefix("HTTP/1.1 200 OK\r\n") == true && head?.hasSuffix("\r\n\r\n") == true)
    #expect(head?.contains("Content-Length") == false)
    #expect(await eventually { sources[0].hasEnded })
    await endpoint.close()
  }

  @Test func itEndsWhenTheReaderGoesOrTheEndpointCloses() async throws {
    let (port, endpoint) = try await listen()
    var clients = try (0..<2).map { _ in try open(port) }
    #expect(!sources[0].hasEnded && !sources[1].hasEnded)
    clients.removeFirst()
    #expect(await eventually { sources[0].hasEnded })
    #expect(!sources[1].hasEnded)
    await endpoint.close()
    #expect(clients[0].receiveToEnd() == "")
    #expect(await eventually { sources[1].hasEnded })
  }

  @Test func theyTakeNoPlaceOfOthersAndThereAreNotTooMany() async throws {
    let (port, endpoint) = try await listen { limits in (limits.connections, limits.streams) = (2, 5) }
    var clients = try (0..<5).map { _ in try open(port) }
    let refused = try TCPClient.get("/stream", port: port)
    #expect(refused?.hasPrefix("HTTP/1.1 503 ") == true && refused?.contains("\r\nContent-Length: ") == true)
    #expect(await eventually { sources[5].hasEnded })
    let idle = try (0..<4).map { _ in try TCPClient(port: port) }
    #expect(try TCPClient.get("/page", port: port)?.hasSuffix("first\n") == true)
    for (index, client) in clients.enumerated() {
      sources[index].send("still \(index)\n")
      #expect(client.receive(to: "\n") == "still \(index)\n")
    }
    withExtendedLifetime(idle) {}
    clients.removeLast()
    #expect(await eventually { sources[4].hasEnded })
    // There is room for another when the connection is gone, too.
    #expect(await eventually { (try? open(port)) != nil })
    await endpoint.close()
  }

  /// Pieces are taken as they are read: of what nobody reads no more than the system keeps for a connection.
  @Test func whoReadsNothingIsGone() async throws {
    let port = try freePort()
    var limits = EndpointLimits()
    limits.stepSeconds = 1
    let taken = Counter()
    let endpoint = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port, limits: limits) { _ in
      var reply = EndpointReply(200, body: [])
      reply.stream = AsyncStream {
        taken.add()
        return [UInt8](repeating: 0x61, count: 64 << 10)
      }
      return reply
    }
    let client = try TCPClient(port: port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    // What is sent to a connection that is closed fails, and an empty line is nothing to an open one.
    #expect(await eventually { !client.send("\r\n") })
    #expect((1..<500).contains(taken.value), "\(taken.value) pieces of 64 KiB")
    await endpoint.close()
  }
}
