import ImageModel
import Messages
import Transport

/// What a receiver's answer means for a delivery. Source: docs/webhooks.md; Standard Webhooks 1.0.0.
enum WebhookVerdict: Hashable {
  case delivered
  /// - Parameter retryAfterSeconds: what the receiver asked for, if it did.
  case failed(String, retryAfterSeconds: Int?)
  /// It will never take this one.
  case never(String)
  /// It has no room for any event now: 429 or what means that at this service, and 503 that says for how long.
  case refused(String, Refusal)
  /// Nothing was sent, for reasons on this side.
  case notSent(String)
  /// 410: nothing more is wanted here.
  case gone(String)

  /// - Parameters:
  ///   - receiver: the origin of the URL, for messages.
  ///   - secrets: what went out that a receiver may echo and nobody may read.
  ///   - content: what it was sent.
  init(
    _ response: HTTPResponse, receiver: String, now: Timestamp, secrets: @autoclosure () -> [String],
    of content: MessageContent = .document
  ) {
    if (200..<300).contains(response.status) {
      self = .delivered
      return
    }
    // Proxy Authentication Required: the receiver was not asked.
    let proxy = response.status == 407 ? response.proxy : nil
    let said =
      "\(proxy.map { "the proxy \($0)" } ?? receiver) answered \(response.status)"
      + (proxy == nil
        ? "" : " for \(receiver); set or correct proxy.username and proxy.password_file, or both in the proxy's URL")
      + Self.excerpt(of: response, without: secrets())
    let isTooMany = response.status == 429 || content.format?.meansTooMany(response.status, response.body) == true
    switch response.status {
    case 410: self = .gone(said)
    case 400 where !isTooMany, 413, 422:
      // Of a document a receiver may think otherwise tomorrow. What is made for a service it has judged for good.
      self = content.isMessage ? .never("\(said): it will never take this") : .failed(said, retryAfterSeconds: nil)
    case 300..<400:
      self = .failed("\(said): redirects are not followed; correct the URL", retryAfterSeconds: nil)
    default:
      let date = response.headers.first("Date").flatMap { HTTPDate.time($0) }
      let inWords = isTooMany ? content.format?.secondsToWait(response.body) : nil
      let inBody = inWords.map { Duration.seconds(min($0, Double(Limits.webhookRetryAfterSeconds)).rounded(.up)) }
      let inHeader = response.headers.first("Retry-After").flatMap { RetryAfter.wait($0, now: date ?? now) }
      let asked =
        [inBody, inHeader].compactMap(\.self).max()
        .map { Int(min(max($0, .seconds(1)), .seconds(Limits.webhookRetryAfterSeconds)).components.seconds) }
        ?? (isTooMany ? content.format?.usualSecondsToWait : nil)
      self =
        switch (response.status, asked) {
        case _ where isTooMany: .refused(said, Refusal(isTooMany: true, asked: asked.map { .seconds($0) }))
        case (503, let asked?): .refused(said, Refusal(isTooMany: false, asked: .seconds(asked)))
        case (401, _), (403, _), (404, _):
          .failed(said + (content.format.map { Self.advice($0) } ?? ""), retryAfterSeconds: asked)
        default: .failed(said, retryAfterSeconds: asked)
        }
    }
  }

  /// Where a service does not know who sends, or where to.
  private static func advice(_ format: MessageFormat) -> String {
    let settings = ["its URL", format.token.map { _ in "token_file" }, format.parameters.isEmpty ? nil : "parameters"]
    let given = settings.compactMap(\.self)
    let be = given.count == 1 ? "is" : "are"
    return "; see whether \(given.joined(separator: ", ")) \(be) as \(format.service) has it"
  }

  /// The beginning of a reply, which often says what is wrong with the request. One that repeats a secret, or the
  /// beginning of one at which it was cut off, is not quoted at all.
  private static func excerpt(of response: HTTPResponse, without secrets: [String]) -> String {
    let text = String(decoding: response.body, as: UTF8.self)
    guard !secrets.contains(where: text.repeats) else { return " (its reply repeats a secret)" }
    let kept = String(decoding: Array(text.utf8.prefix(Limits.webhookReplyBytesKept)), as: UTF8.self)
    let line = kept.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? "" : ": \(line.safe())"
  }
}
