import ImageModel
import Transport

/// What a registry says of its limit on pulls. Source: docs.docker.com, Docker Hub usage and limits;
/// docker/hub-feedback#2081 for headers without a number.
package struct PullBudget: Hashable, Sendable {
  /// Whether there is a limit. Without the headers there is none: a paid account, a publisher's own images, or another
  /// registry.
  let isLimited: Bool
  package let limit: Int?
  package let remaining: Int?
  /// In which as many pulls are allowed as `limit` says.
  package let windowSeconds: Int?
  /// Who pulls: an address, or the ID of an account.
  package let source: String?

  init(_ headers: HTTPHeaders) {
    let limit = headers.first("RateLimit-Limit")
    let remaining = headers.first("RateLimit-Remaining")
    isLimited = limit != nil || remaining != nil
    self.limit = limit.flatMap(Self.number)
    self.remaining = remaining.flatMap(Self.number)
    windowSeconds = [limit, remaining].lazy.compactMap(\.self).compactMap(Self.window).first
    source = headers.first("Docker-RateLimit-Source").map { $0.safe(limit: 80) }
  }

  /// Whether there is room for a pull that nobody needs today: more than half is left, for others pull from this
  /// address as well.
  var hasRoom: Bool {
    guard isLimited else { return true }
    guard let limit, let remaining else { return false }
    return remaining > limit / 2
  }

  var isSpent: Bool { remaining == 0 }

  /// Whether no more is left than what is kept for changes.
  ///
  /// - Parameter reserve: of the limit, in percent.
  func isLow(reserve: Int) -> Bool {
    guard let limit, let remaining else { return isSpent }
    return remaining * 100 <= limit * reserve
  }

  /// `100;w=21600`.
  private static func number(_ text: String) -> Int? {
    let digits = text.prefix { $0 != ";" }.drop { $0 == " " }.prefix { $0 != " " }
    // Beyond that it says nothing.
    return Int(digits).flatMap { $0 >= 0 ? min($0, 1 << 32) : nil }
  }

  private static func window(_ text: String) -> Int? {
    for part in text.split(separator: ";", omittingEmptySubsequences: false).dropFirst() {
      let pair = part.split(separator: "=").map { $0.filter { $0 != " " } }
      guard pair.count == 2, pair[0].lowercased() == "w", let seconds = Int(pair[1]), seconds > 0 else { continue }
      return min(seconds, 31 * 86_400)
    }
    return nil
  }
}
