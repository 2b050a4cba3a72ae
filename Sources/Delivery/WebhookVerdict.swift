import ImageModel
import Transport

/// What a receiver's answer means for a delivery. Source: the contract, section 4; Standard Webhooks 1.0.0.
enum WebhookVerdict: Hashable {
  case delivered
  /// - Parameter retryAfterSeconds: what the receiver asked for, if it did.
  case failed(String, retryAfterSeconds: Int?)
  /// 410: nothing more is wanted here.
  case gone(String)

  private static let replyBytesKept = 512

  /// - Parameters:
  ///   - receiver: the origin of the URL, for messages.
  ///   - now: seconds since 1970.
  ///   - secrets: values of headers that a receiver may echo and nobody may read.
  init(_ response: HTTPResponse, receiver: String, now: Int64, secrets: [String]) {
    let said = "\(receiver) answered \(response.status)\(Self.excerpt(of: response, without: secrets))"
    switch response.status {
    case 200..<300: self = .delivered
    case 410: self = .gone(said)
    case 300..<400: self = .failed("\(said): redirects are not followed; correct the URL", retryAfterSeconds: nil)
    default:
      let date = response.headers.first("Date").flatMap { HTTPDate.seconds($0) }
      self = .failed(
        said,
        retryAfterSeconds: response.headers.first("Retry-After").flatMap {
          RetryAfter.seconds($0, now: date ?? now, limit: RetrySchedule.retryAfterLimitSeconds)
        })
    }
  }

  /// The beginning of a reply, which often says what is wrong with the request.
  private static func excerpt(of response: HTTPResponse, without secrets: [String]) -> String {
    // Whole first, then cut: half a secret is not recognised.
    var text = String(decoding: response.body, as: UTF8.self)
    for secret in secrets where !secret.isEmpty {
      text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
    }
    let kept = String(decoding: Array(text.utf8.prefix(replyBytesKept)), as: UTF8.self)
    let line = kept.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? "" : ": \(line.safe())"
  }
}
