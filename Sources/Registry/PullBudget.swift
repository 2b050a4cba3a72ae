import Transport

/// What a registry says of its limit on pulls. Source: docs.docker.com, Docker Hub usage and limits;
/// docker/hub-feedback#2081 for headers without a number.
struct PullBudget: Hashable, Sendable {
  /// Whether there is a limit. Without the headers there is none: a paid account, a publisher's own images, or another
  /// registry.
  let isLimited: Bool
  let limit: Int?
  let remaining: Int?

  init(_ headers: HTTPHeaders) {
    let limit = headers.first("RateLimit-Limit")
    let remaining = headers.first("RateLimit-Remaining")
    isLimited = limit != nil || remaining != nil
    self.limit = limit.flatMap(Self.number)
    self.remaining = remaining.flatMap(Self.number)
  }

  /// Whether there is room for a pull that nobody needs today: more than half is left, for others pull from this
  /// address as well.
  var hasRoom: Bool {
    guard isLimited else { return true }
    guard let limit, let remaining else { return false }
    return remaining > limit / 2
  }

  /// `100;w=21600`.
  private static func number(_ text: String) -> Int? {
    let digits = text.prefix { $0 != ";" }.drop { $0 == " " }.prefix { $0 != " " }
    return Int(digits).flatMap { $0 >= 0 ? $0 : nil }
  }
}
