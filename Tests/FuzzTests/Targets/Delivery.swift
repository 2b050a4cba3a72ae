import ImageModel
import Messages
import Transport

@testable import Delivery

/// What a webhook's receiver answers, and the file that its secret is in.
extension FuzzTarget {
  static let delivery = [
    FuzzTarget(name: "webhook-answer", check: webhookAnswer),
    FuzzTarget(name: "webhook-secret", check: webhookSecret),
  ]

  /// Two lines of headers, and the body; with every status.
  @Sendable private static func webhookAnswer(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(3)
    let headers = HTTPHeaders(raw: parts[0] + Array("\r\n".utf8) + parts[1] + Array("\r\n".utf8))
    let statuses = [429, 503, 400, 410, 301, 407, 500, 200, 0, 999]
    let secret = "s3cr3t-of-nobody"
    let contents = [MessageContent.document] + MessageFormat.all.map { .format($0, [:]) }
    for (status, content) in statuses.flatMap({ status in contents.map { (status, $0) } }) {
      let response = HTTPResponse(
        status: status, headers: headers, body: parts[2], url: "https://receiver.example.com/x", proxy: "proxy:8080")
      let verdict = WebhookVerdict(
        response, receiver: "https://receiver.example.com", now: Timestamp(milliseconds: 1_700_000_000_000),
        secrets: [secret], of: content)
      var said = ""
      var asked: Int64?
      switch verdict {
      case .delivered: try same(status, 200, "delivered")
      case .failed(let words, let seconds): (said, asked) = (words, seconds.map(Int64.init))
      case .refused(let words, let refusal): (said, asked) = (words, refusal.asked?.components.seconds)
      case .notSent(let words), .gone(let words): said = words
      case .never(let words):
        said = words
        try hold(content.isMessage, "gives a document up")
      }
      try hold(said.isSafe && !said.containsBytes(of: secret.prefix(12)), "says \(shown(said))")
      try hold(said.unicodeScalars.count < 8_192, "a long story")
      if let asked { try hold((1...Int64(Limits.webhookRetryAfterSeconds)).contains(asked), "\(asked) s") }
    }
  }

  @Sendable private static func webhookSecret(_ bytes: [UInt8]) throws {
    do throws(WebhookSecret.Problem) {
      let secret = try WebhookSecret(bytes.text)
      let signature = secret.signature(id: "id", timestamp: "1", body: bytes)
      try broken(signature.hasPrefix("v1,") && signature.isVisibleASCII && signature.utf8.count == 47)
    } catch {
      if error == .length(-1) { throw Violation(description: "no signature") }
    }
  }

  private static func broken(_ holds: Bool) throws(WebhookSecret.Problem) {
    if !holds { throw .length(-1) }
  }
}
