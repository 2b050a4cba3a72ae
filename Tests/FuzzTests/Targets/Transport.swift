import ImageModel

@testable import Transport

/// What is read of any server's answer before anybody knows what it is about.
extension FuzzTarget {
  static let transport = [
    FuzzTarget(name: "headers", check: headers), FuzzTarget(name: "response", check: response),
    FuzzTarget(name: "redirect", check: redirect), FuzzTarget(name: "retry-after", check: retryAfter),
    FuzzTarget(name: "http-date", check: httpDate),
  ]

  /// A name, and raw header lines.
  @Sendable private static func headers(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    let name = parts[0].text
    let headers = HTTPHeaders(raw: parts[1])
    let all = headers.all(name)
    try same(headers.first(name), all.first, "the first")
    try same(headers.all(name.uppercased()).count >= all.count || !name.isVisibleASCII, true, "case")
    for value in all { try hold(!value.contains("\n"), "more than a line: \(shown(value))") }
  }

  /// Lines up to an empty one, then the body, in pieces; limits that are soon reached.
  @Sendable private static func response(_ bytes: [UInt8]) throws {
    guard let options = bytes.first else { return }
    var sink = ResponseSink()
    let limits = ResponseSink.Limits(
      headers: 512, body: options & 4 == 0 ? 64 : 1_024, cutsBody: options & 2 != 0, errorBody: 32)
    sink.reset(isHead: options & 1 != 0, limits: limits)
    var rest = bytes.dropFirst()
    var isWanted = true
    while isWanted, !sink.hasAllHeaders, !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
      isWanted = rest[..<end].withUnsafeBytes { sink.take(headerLine: $0) }
      rest = rest[end...]
      try hold(sink.headers.count <= limits.headers, "\(sink.headers.count) bytes of headers")
    }
    while isWanted, sink.hasAllHeaders, !rest.isEmpty {
      isWanted = rest.prefix(Int(options >> 3) + 1).withUnsafeBytes { sink.take(bodyPiece: $0) }
      rest = rest.dropFirst(Int(options >> 3) + 1)
      try hold(sink.body.count <= limits.body, "\(sink.body.count) bytes of body")
    }
    try hold(isWanted || sink.overflow != nil || sink.isCut, "it ended for no reason")
    try hold((0...999).contains(sink.status), "status \(sink.status)")
    sink.releaseMemory()
    try hold(sink.body.isEmpty, "kept")
  }

  /// Where a request went, and the `Location` of the answer.
  @Sendable private static func redirect(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2).map(\.text)
    var request = HTTPRequest(
      .get, url: parts[0], headers: [("Accept", "a/b"), ("Cookie", "c")], authorization: "Bearer t", bodyLimit: 1,
      tls: TLSSettings(clientCertFile: "/c", skipVerify: true))
    request.redirects = 3
    guard let from = Origin(url: request.url) else { return }
    for isPublic in [false, true] {
      let next: HTTPRequest
      do throws(TransportError) {
        next = try RedirectRules.next(request, location: parts[1], hop: 1, cameFromPublic: isPublic)
      } catch {
        try hold(error.message.isSafe && error.url.isSafe, "says \(shown(error.message))")
        continue
      }
      guard let to = Origin(url: next.url) else {
        throw Violation(description: "\(shown(next.url)) cannot be read, or has a user")
      }
      try hold(from.scheme == "http" || to.scheme == "https", "down to \(next.url)")
      if from != to {
        let isBare = next.authorization == nil && next.headers.map(\.name) == ["Accept"]
        try hold(isBare && next.tls == TLSSettings().forOtherOrigin, "\(to) is shown what is for \(from)")
        try hold(!isPublic || next.addresses == .publicOnly, "\(to) may be anywhere")
      }
      // What was judged is what the handle is set to.
      if var handle = HandleURL() { try hold(handle.set(next.url), "libcurl does not take \(shown(next.url))") }
    }
  }

  @Sendable private static func retryAfter(_ bytes: [UInt8]) throws {
    let (text, now) = (bytes.text, Timestamp(milliseconds: 1_700_000_000_000))
    let wait = RetryAfter.wait(text, now: now)
    let seconds = RetryAfter.seconds(text, now: now, limit: Limits.registryRetryAfterSeconds)
    if let seconds { try hold((1...Limits.registryRetryAfterSeconds).contains(seconds), "\(seconds) s") }
    try same(seconds != nil, (wait ?? .zero) > .zero, "whether to wait")
  }

  @Sendable private static func httpDate(_ bytes: [UInt8]) throws {
    guard let time = HTTPDate.time(bytes.text) else { return }
    // A day before the epoch, for `31 Dec 69`… and a leap second after the last of 9999.
    try hold((0...253_402_300_800_000).contains(time.milliseconds), "\(time) is no such time")
  }
}
