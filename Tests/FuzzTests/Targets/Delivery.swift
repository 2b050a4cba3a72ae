import ImageModel
import Messages
import StrictJSON
import Transport

@testable import Delivery

/// What a webhook's receiver answers, and the file that its secret is in.
extension FuzzTarget {
  static let delivery = [
    FuzzTarget(name: "webhook-answer", check: webhookAnswer),
    FuzzTarget(name: "webhook-secret", check: webhookSecret),
    FuzzTarget(name: "mail", check: mail),
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

  /// A label and a summary, within an event.
  @Sendable private static func mail(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2).map { JSONOutput.string($0.text) }
    let template = try StrictJSON.parse(
      Array(#""{{label.x}} {{summary}} {{details}}""#.utf8), limits: JSONLimits(bytes: 100, values: 1))
    let form = MailForm(
      from: "watcher@example.org", to: ["ops@example.org", "dev@example.org"],
      subject: try TextTemplate(template.string ?? "", in: template))
    let event = JSONOutput.members([
      "id": parts[0], "source": parts[1], "type": "watcher.tag.deleted", "time": "2026-09-17T21:30:05Z",
      "sequence": "000000000001",
      "data": .members([
        "registry": "r.example", "repository": "app", "tag": "1", "summary": parts[1],
        "labels": .members(["x": parts[0]]),
      ]),
    ])
    for document in [event.bytes, bytes] {
      let lines = form.mail(of: document).text.split(separator: "\r\n", omittingEmptySubsequences: false)
      let headers = lines.prefix { !$0.isEmpty }.filter { !$0.hasPrefix(" ") }
      try same(headers.count, 9, "header fields")
      try same(lines.filter { $0.hasPrefix("--=_watcher") }.count, 3, "boundaries")
      for line in lines {
        try hold(
          line.utf8.count <= 78 && line.utf8.allSatisfy { (0x20...0x7e).contains($0) },
          "the line \(shown(String(line)))")
      }
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
