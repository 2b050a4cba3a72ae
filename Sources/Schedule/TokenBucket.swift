import ImageModel

/// How many requests may be made of a registry by one account: filled evenly by time, up to what one second brings and
/// at least one. A poll takes one request when it starts, and the rest when it has ended and tells how many it made.
struct TokenBucket: Sendable {
  private let perSecond: Double
  private var tokens: Double
  private var filled: BootTime?

  /// - Parameter perSecond: greater than 0.
  init(perSecond: Double) {
    self.perSecond = perSecond
    tokens = max(1, perSecond.rounded(.down))
  }

  /// - Parameter isInUse: polls are under way that have not told yet what they made; what time brings meanwhile is for
  ///   them, however much it is.
  mutating func fill(at now: BootTime, isInUse: Bool) {
    let elapsed = Double(max(0, now - (filled ?? now))) / 1000
    filled = max(filled ?? now, now)
    tokens += elapsed * perSecond
    if !isInUse { tokens = min(tokens, max(1, perSecond.rounded(.down))) }
  }

  mutating func take(_ count: Int) { tokens -= Double(count) }

  /// When there is one, if nobody takes any before: as of the last time that it was filled, or now.
  func ready(at now: BootTime) -> BootTime {
    // What is one but for rounding is one.
    let missing = 1 - tokens - 1e-6
    return missing <= 0 ? now : max(now, (filled ?? now) + Int64((missing / perSecond * 1000).rounded(.up)))
  }
}
