import Glibc
import Synchronization

/// One accepted connection: reads requests and writes what the script says, until either side ends it.
struct LoopbackConnection {
  let socket: Int32
  let ordinal: Int
  let shared: Shared

  func run() {
    var pending: [UInt8] = []
    while let request = readRequest(&pending) {
      shared.state.withLock { $0.requests.append(request) }
      let response = shared.handler(request)
      guard answer(request, with: response) else { return }
    }
  }

  // MARK: Reading

  private func readRequest(_ pending: inout [UInt8]) -> ReceivedRequest? {
    var searched = 0
    var end = endOfHead(pending, from: 0)
    while end == nil {
      searched = max(0, pending.count - 3)
      guard receive(&pending) else { return nil }
      end = endOfHead(pending, from: searched)
    }
    guard let end, let head = ReceivedRequest(head: pending[..<end], body: [], connection: ordinal)
    else { return nil }
    let length = head.header("content-length").flatMap { Int($0) } ?? 0
    if head.header("expect") != nil { _ = send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
    let start = end + 4
    while pending.count < start + length {
      guard receive(&pending) else { return nil }
    }
    let body = Array(pending[start..<start + length])
    defer { pending.removeSubrange(..<(start + length)) }
    return ReceivedRequest(head: pending[..<end], body: body, connection: ordinal)
  }

  /// Where the empty line begins that ends the head.
  private func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= 4 else { return nil }
    return (start...bytes.count - 4).first { index in
      bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10
    }
  }

  private func receive(_ pending: inout [UInt8]) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
      let count = recv(socket, buffer.baseAddress, buffer.count, 0)
      guard count > 0 else { return false }
      pending.append(contentsOf: buffer[..<count])
      return true
    }
  }

  // MARK: Answering

  /// Whether the connection stays open.
  private func answer(_ request: ReceivedRequest, with response: ScriptedResponse) -> Bool {
    let body = request.method == "HEAD" ? [] : response.body
    let length = response.body.count
    switch response.behaviour {
    case .normal:
      return send(response.head(length: length) + body)
    case .hang:
      waitForEnd()
      return false
    case .drop:
      return false
    case .dropMidBody(let count):
      _ = send(response.head(length: length) + body.prefix(count))
      return false
    case .endlessChunked:
      let chunk = Array("4000\r\n".utf8) + [UInt8](repeating: 0x61, count: 0x4000) + Array("\r\n".utf8)
      guard send(response.head(length: nil, chunked: true)) else { return false }
      if request.method == "HEAD" { return true }
      while send(chunk) {}
      return false
    case .slowBody(let rate):
      return send(response.head(length: length)) && sendSlowly(body, bytesPerSecond: rate)
    case .rawBytes(let bytes):
      _ = send(bytes)
      return false
    case .manyHeaders(let count):
      return sendFlood(of: count, response, body)
    case .announceLength(let announced):
      _ = send(response.head(length: announced) + body)
      return false
    }
  }

  private func sendFlood(of count: Int, _ response: ScriptedResponse, _ body: [UInt8]) -> Bool {
    guard send(Array(response.head(length: response.body.count).dropLast(2))) else { return false }
    var piece: [UInt8] = []
    for number in 0..<count {
      piece += "X-Flood-\(number): \(String(repeating: "f", count: 40))\r\n".utf8
      if piece.count > 16_384 {
        guard send(piece) else { return false }
        piece = []
      }
    }
    return send(piece + [13, 10] + body)
  }

  private func sendSlowly(_ body: [UInt8], bytesPerSecond: Int) -> Bool {
    let step = max(1, bytesPerSecond / 10)
    let waitMilliseconds = Int32(max(1, step * 1_000 / max(1, bytesPerSecond)))
    for start in stride(from: 0, to: body.count, by: step) {
      guard send(Array(body[start..<min(body.count, start + step)])) else { return false }
      // Readable in the middle of an answer means that the client has gone.
      var ended = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&ended, 1, waitMilliseconds) == 0 else { return false }
    }
    return true
  }

  private func waitForEnd() {
    var rest: [UInt8] = []
    while receive(&rest) { rest = [] }
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(socket, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
