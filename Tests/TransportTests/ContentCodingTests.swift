import TestSupport
import Testing

@testable import Transport

/// Answers that a proxy compressed although nobody asked for it.
@Suite("content codings")
struct ContentCodingTests {
  /// `a` in gzip.
  private static let packed: [UInt8] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 4, 0, 0x43, 0xbe, 0xb7, 0xe8, 1, 0, 0, 0,
  ]

  private func coded(
    _ coding: String, _ body: [UInt8], status: Int = 200, _ check: (LoopbackServer, HTTPClient) async throws -> Void
  ) async throws {
    try await withServer(client: HTTPClient(undoesCodings: true)) { _ in
      ScriptedResponse(status, headers: [("Content-Encoding", coding)], body: body)
    } _: { server, client in
      try await check(server, client)
      for request in server.requests {
        #expect(request.header("accept-encoding") == (request.method == "HEAD" ? nil : "identity"))
      }
    }
  }

  @Test("what is coded all the same is undone", arguments: ["gzip", "x-gzip", "GZIP"])
  func gzip(_ coding: String) async throws {
    try await coded(coding, Self.packed) { server, client in
      for _ in 0..<2 {
        let answer = try await client.send(request(server.origin))
        #expect(text(answer.body) == "a")
      }
      let head = try await client.send(request(server.origin, .head))
      #expect(head.status == 200)
      #expect(text(try await client.send(request(server.origin)).body) == "a")
      #expect(server.connectionCount == 1)
    }
  }

  @Test("identity is no coding")
  func identity() async throws {
    try await coded("identity", bytes("as it is")) { server, client in
      let answer = try await client.send(request(server.origin))
      #expect(text(answer.body) == "as it is")
    }
  }

  @Test("the limit is that of what comes out, and is seen while it comes")
  func bomb() async throws {
    let zeros = GzipZeros.bytes(megabytes: 8)
    #expect(zeros.count < 100_000)
    try await coded("gzip", zeros) { server, client in
      let error = await failure(of: request(server.origin, bodyLimit: 100_000), with: client)
      #expect(error?.code == .bodyTooLarge)
      var cutting = request(server.origin, bodyLimit: 1_000)
      cutting.cutsBody = true
      let answer = try await client.send(cutting)
      #expect(answer.body == [UInt8](repeating: 0, count: 1_000) && answer.bodyIsCut)
    }
  }

  @Test("what cannot be undone is named", arguments: ["gzip", "deflate", "br", "zstd", "x-secret", "gzip, x-secret"])
  func unknown(_ coding: String) async throws {
    try await coded(coding, bytes(#"{"schemaVersion":2}"#)) { server, client in
      let error = await failure(of: request(server.origin), with: client)
      #expect(error?.code == .contentCoding)
      #expect(error?.message.contains("in the content coding \(coding), unasked") == true, "\(error?.message ?? "")")
    }
  }

  @Test("of a refusal the status is enough")
  func refusal() async throws {
    try await coded("x-secret", bytes("no"), status: 404) { server, client in
      let answer = try await client.send(request(server.origin))
      #expect(answer.status == 404 && answer.body.isEmpty)
    }
  }
}

/// Megabytes of zeros in gzip, made of stored knowledge of the format: a deflate stream of the longest matches.
enum GzipZeros {
  static func bytes(megabytes: Int) -> [UInt8] {
    // One zero, then matches of 258 bytes at distance 1, in fixed Huffman codes (RFC 1951, 3.2.6).
    var bits = BitWriter()
    bits.put(0b1, 1)
    bits.put(0b01, 2)
    bits.putCode(0b0011_0000, 8)
    for _ in 0..<(megabytes * 1_048_576 / 258) {
      bits.putCode(0b1100_0101, 8)
      bits.putCode(0, 5)
    }
    bits.putCode(0, 7)
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + bits.bytes + [UInt8](repeating: 0, count: 8)
  }

  private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var used = 8

    /// The lowest bit first.
    mutating func put(_ value: UInt32, _ count: Int) {
      for bit in 0..<count { push(value >> UInt32(bit) & 1) }
    }

    /// A Huffman code: the highest bit first.
    mutating func putCode(_ value: UInt32, _ count: Int) {
      for bit in (0..<count).reversed() { push(value >> UInt32(bit) & 1) }
    }

    private mutating func push(_ bit: UInt32) {
      if used == 8 {
        bytes.append(0)
        used = 0
      }
      bytes[bytes.count - 1] |= UInt8(bit) << UInt8(used)
      used += 1
    }
  }
}
