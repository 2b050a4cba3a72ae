import Testing

@testable import Transport

@Suite struct ResponseSinkTests {
  /// A hundred handles are kept, and a registry that sends long headers now and then meets each of them in time.
  @Test func memoryIsKeptForUsualHeadersAlone() {
    var sink = ResponseSink()
    for (lines, isKept) in [(10, true), (600, false), (10, true)] {
      sink.reset(isHead: false, limits: .init(headers: 1 << 20, body: 1 << 20, cutsBody: false, errorBody: 1 << 10))
      take("HTTP/1.1 200 OK\r\n", &sink)
      for index in 0..<lines { take("X-\(index): \(String(repeating: "x", count: 100))\r\n", &sink) }
      take("\r\n", &sink)
      _ = Array(repeating: 0, count: 100_000).withUnsafeBytes { sink.take(bodyPiece: $0) }
      #expect(sink.headers.count > lines * 100 && sink.body.count == 800_000)
      sink.releaseMemory()
      #expect(sink.body.capacity == 0)
      #expect(isKept ? (1_000...4_096).contains(sink.headers.capacity) : sink.headers.capacity == 0)
    }
  }

  private func take(_ line: String, _ sink: inout ResponseSink) {
    let isWanted = Array(line.utf8).withUnsafeBytes { sink.take(headerLine: $0) }
    #expect(isWanted)
  }
}
