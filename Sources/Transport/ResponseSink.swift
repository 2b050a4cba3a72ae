/// Takes a response in as it arrives and enforces its limits. Knows nothing of libcurl, which calls it with
/// one whole header line or a piece of the body at a time.
struct ResponseSink {
  enum Overflow {
    case headers, body
  }

  private enum Position {
    /// Before the status line of this response, or of the one after an interim response.
    case status
    case fields
    /// After the last header: body and trailers.
    case body
  }

  /// What headers may keep for the next response: those of a registry need a quarter of it.
  private static let keptHeaderBytes = 4_096

  private(set) var headers: [UInt8] = []
  private(set) var body: [UInt8] = []
  private(set) var status = 0
  private(set) var overflow: Overflow?
  /// The body was longer than may be kept and the rest of it is not wanted.
  private(set) var isCut = false

  private var position = Position.status
  private var headerBytes = 0
  private var bodyLimit = 0
  private var cutsBody = false
  private var isHead = false
  private var limits = Limits()

  struct Limits {
    var headers = 0
    var body = 0
    var cutsBody = false
    var errorBody = 0
  }

  /// Ready for the next response.
  mutating func reset(isHead: Bool, limits: Limits) {
    headers.removeAll(keepingCapacity: true)
    body = []
    status = 0
    overflow = nil
    isCut = false
    position = .status
    headerBytes = 0
    self.isHead = isHead
    self.limits = limits
  }

  /// Whether the headers have come to their end. libcurl takes a connection that closes among them for a
  /// complete response; the digest in the last of them may be half a one.
  var hasAllHeaders: Bool { position == .body }

  /// Gives memory up: the body's, on which the response has its own hold, and that of uncommonly long headers. There
  /// are a hundred of these, and each would sooner or later keep the longest that a registry ever sent.
  mutating func releaseMemory() {
    body = []
    if headers.capacity > Self.keptHeaderBytes { headers = [] }
  }

  /// Takes a line with its line end. False ends the transfer.
  mutating func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    if headerBytes > limits.headers {
      overflow = .headers
      return false
    }
    switch position {
    case .body: return true  // Trailers: they must not pass for headers.
    case .status:
      status = Self.status(of: line)
      headers.removeAll(keepingCapacity: true)
      position = .fields
    case .fields:
      if line.count > 2 {
        headers.append(contentsOf: line)
      } else {
        return endOfHeaders()
      }
    }
    return true
  }

  private mutating func endOfHeaders() -> Bool {
    if (100..<200).contains(status) {
      position = .status
      return true
    }
    position = .body
    let isSuccess = (200..<300).contains(status)
    bodyLimit = isSuccess ? limits.body : min(limits.body, limits.errorBody)
    cutsBody = !isSuccess || limits.cutsBody
    if isHead || cutsBody || status == 204 { return true }
    // Only a hint, but an honest server's announcement spares us the body.
    if let announced = HTTPHeaders(raw: headers).first("content-length").flatMap({ Int($0) }), announced > bodyLimit {
      overflow = .body
      return false
    }
    return true
  }

  /// Takes a piece of the body. False ends the transfer.
  mutating func take(bodyPiece piece: UnsafeRawBufferPointer) -> Bool {
    let room = bodyLimit - body.count
    if piece.count <= room {
      body.append(contentsOf: piece)
      return true
    }
    if cutsBody {
      body.append(contentsOf: piece.prefix(room))
      isCut = true
    } else {
      overflow = .body
    }
    return false
  }

  /// The three digits after the first blank of `HTTP/1.1 200 OK`; 0 if there are none.
  private static func status(of line: UnsafeRawBufferPointer) -> Int {
    guard let blank = line.firstIndex(of: UInt8(ascii: " ")), line.count >= blank + 4 else { return 0 }
    return line[(blank + 1)..<(blank + 4)].reduce(0) { value, byte in
      (0x30...0x39).contains(byte) ? value * 10 + Int(byte - 0x30) : value
    }
  }
}
