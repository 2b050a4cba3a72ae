import Addresses
import ImageModel
import StrictJSON
import Transport

@testable import Registry

/// What a registry says beside its documents.
extension FuzzTarget {
  static let registry = [
    FuzzTarget(name: "challenge", check: challenge), FuzzTarget(name: "token-reply", check: tokenReply),
    FuzzTarget(name: "web-url", check: webURL), FuzzTarget(name: "error-body", check: errorBody),
    FuzzTarget(name: "pull-budget", check: pullBudget), FuzzTarget(name: "tag-list", check: tagList),
    FuzzTarget(name: "link", check: link), FuzzTarget(name: "tag-pattern", check: tagPattern),
  ]

  /// Header lines, one on each.
  @Sendable private static func challenge(_ bytes: [UInt8]) throws {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0).text }
    let challenges = AuthChallenge.parse(lines)
    try hold(challenges.count <= 16, "\(challenges.count) challenges")
    let length = lines.reduce(0) { $0 + $1.utf8.count }
    for challenge in challenges {
      try hold(!challenge.scheme.isEmpty && challenge.scheme.isLowerASCII, "the scheme \(shown(challenge.scheme))")
      for (name, value) in challenge.parameters {
        try hold(name.isLowerASCII && name.isVisibleASCII && challenge[name] == value, "the parameter \(shown(name))")
        try hold(value.utf8.count <= length, "more than was sent")
      }
    }
  }

  /// The `Date` of the answer, and its body.
  @Sendable private static func tokenReply(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    guard let reply = TokenReply(parts[1], date: parts[0].text) else { return }
    try hold(reply.token.isVisibleASCII && (1...16_384).contains(reply.token.utf8.count), "the token \(reply.token)")
    try hold((0...86_400_000).contains(reply.usableMilliseconds), "\(reply.usableMilliseconds) ms")
  }

  @Sendable private static func webURL(_ bytes: [UInt8]) throws {
    guard let url = WebURL(bytes.text) else { return }
    try hold(url.text.isVisibleASCII && url.target.hasPrefix("/"), "not visible ASCII: \(shown(url.text))")
    try hold((1...65_535).contains(url.port), "port \(url.port)")
    try same(HostName.canonical(url.host), url.host, "canonical host")
    if url.text.utf8.count <= 4_096 { try same(WebURL(url.text), url, "printed and read again") }
    // libcurl connects: it must see the same server.
    if let origin = Origin(url: bytes.text) {
      let isSame = origin.scheme == (url.isSecure ? "https" : "http") && origin.port == url.port
      try hold(isSame, "\(origin) is where libcurl goes, and not \(url.origin)")
      let host = origin.host.hasPrefix("[") ? String(origin.host.dropFirst().dropLast()) : origin.host
      let isDisguised = HostKind(url.host) == .disguised
      try hold(isDisguised || HostName.canonical(host) == url.host, "\(host) is where libcurl goes, not \(url.host)")
    }
    for domain in ["docker.io", "127.0.0.1:5000", "registry.example.com"] {
      guard let registry = WebURL("https://\(domain)") else { throw Violation(description: domain) }
      let policy = RealmPolicy(domain: domain, registry: registry, trustedRealms: ["auth.example.org:8443"])
      switch policy.decide(url) {
      case .own: try same(url.origin, registry.origin, "its own")
      case .trusted: try hold(url.isSecure, "credentials may go to \(url.text)")
      case .anonymousOnly, .refused: break
      }
    }
  }

  /// A page of tags.
  @Sendable private static func tagList(_ bytes: [UInt8]) throws {
    var picker = TagPicker(TagSelection(maxTags: 3))
    do {
      let tags = try TagLister.tags(bytes, from: "registry.example.com").compactMap(\.string)
      for tag in tags where TagReference.isTag(tag) {
        picker.add(tag)
        let reference = TagReference(domain: "registry.example.com", path: "app", tag: tag)
        try same(try ImageReference(reference.description).tagReference, reference, "printed and read again")
      }
      let picked = picker.picked()
      try hold(picked.count <= 3 && Set(picked).isSubset(of: tags), "picked \(picked)")
    } catch let failure as CheckFailure {
      try hold(failure.what.isSafe && (failure.remedy ?? "").isSafe, "says \(shown(failure.what))")
    }
  }

  /// Header lines, one on each.
  @Sendable private static func link(_ bytes: [UInt8]) throws {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0).text }
    guard let target = LinkHeader.next(lines) else { return }
    try hold(lines.contains { $0.contains("<\(target)>") }, "\(shown(target)) was not sent")
  }

  /// An expression and a tag.
  @Sendable private static func tagPattern(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    let tag = parts[1].prefix(128).map(\.self).text
    do {
      let pattern = try TagPattern(parts[0].text)
      let alternative = try? TagPattern("(?:\(pattern.text))|(?:\(pattern.text))")
      if let alternative { try same(alternative.fits(tag), pattern.fits(tag), "twice") }
    } catch let problem as TagPattern.Problem {
      try hold((0...parts[0].text.utf8.count).contains(problem.offset), "at \(problem.offset)")
      try hold(problem.reason.isSafe && !problem.reason.isEmpty, "says \(shown(problem.reason))")
    }
  }

  /// A secret that went out, and the body of the answer.
  @Sendable private static func errorBody(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    let secret = parts[0].text
    let body = ErrorBody(parts[1], hiding: secret.utf8.count < 12 ? [] : ["Bearer \(secret)"])
    try hold(body.summary.isSafe, "says \(shown(body.summary))")
    try hold((body.words ?? "").unicodeScalars.count <= 200 * 10 + 1, "a long story")
    let bare = secret.split(separator: " ").last.map(String.init) ?? ""
    if bare.utf8.count >= 12, bare.isVisibleASCII {
      try hold(!(body.words ?? "").containsBytes(of: bare.prefix(12)), "\(shown(body.summary)) tells the secret")
    }
    for status in [400, 401, 403, 404, 429, 500] {
      let failure = Answer(status: status, body: body).failure(host: "registry.example.com")
      try hold(failure.what.isSafe && (failure.remedy ?? "").isSafe, "says \(shown(failure.what))")
      try hold(failure.what.unicodeScalars.count <= Limits.failureMessageCharacters + 1, "a long story")
    }
  }

  @Sendable private static func pullBudget(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2).map(\.text)
    let budget = PullBudget(HTTPHeaders([("RateLimit-Limit", parts[0]), ("RateLimit-Remaining", parts[1])]))
    try hold(budget.isLimited, "there are the headers")
    try hold((budget.limit ?? 0) >= 0 && (budget.remaining ?? 0) >= 0, "less than nothing")
    if budget.hasRoom { try hold((budget.remaining ?? 0) > (budget.limit ?? .max) / 2, "there is no room") }
  }
}
