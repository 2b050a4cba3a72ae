/// The time for which a receiver that refused is sent nothing. Pure.
struct ReceiverRest: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// Where it does not say how long, this is doubled for each rest in a row that did not help.
  private static let pause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(60)

  private(set) var until: Instant?
  /// Until when the receiver itself wants it: to be kept over a restart.
  private(set) var askedUntil: Instant?
  private var began: Instant?
  private var length = Duration.zero
  private var isGuessed = false
  private var hasAccepted = false
  /// Rests in a row after which nothing was accepted.
  private var vain = 0
  /// Pauses in a row whose length was guessed, and nothing accepted since.
  private var guesses = 0

  /// Nothing was accepted since the last rest, or nobody said how long it should be: one request finds out as well as
  /// several, and may use up an attempt.
  var isDoubtful: Bool { vain > 0 || isGuessed }

  func isOver(at now: Instant) -> Bool { until.map { $0 <= now } ?? true }

  /// A rest that began earlier, before this program did.
  mutating func resume(for rest: Duration, at now: Instant) {
    began = now
    length = rest
    until = now + rest
    askedUntil = until
  }

  mutating func accepted() {
    hasAccepted = true
    vain = 0
    guesses = 0
    isGuessed = false
  }

  /// - Parameter begun: when the request was sent. One that was under way when a rest began says the same once more,
  ///   so it does not make it longer, unless it asks for more.
  /// - Returns: whether a rest begins.
  mutating func refused(asked: Duration?, begun: Instant, at now: Instant) -> Bool {
    if let began, begun <= began, !isOver(at: now) {
      if let asked, asked > length || askedUntil.map({ $0 <= now }) ?? true { lengthen(to: asked, at: now) }
      return false
    }
    vain = hasAccepted ? 0 : vain + 1
    hasAccepted = false
    began = now
    length = asked ?? min(Self.longestPause, Self.pause * (1 << min(guesses, 6)))
    isGuessed = asked == nil
    guesses += isGuessed ? 1 : 0
    until = now + length
    askedUntil = asked == nil ? askedUntil : until
    return true
  }

  private mutating func lengthen(to asked: Duration, at now: Instant) {
    length = max(length, asked)
    until = until.map { max($0, now + asked) }
    askedUntil = askedUntil.map { max($0, now + asked) } ?? now + asked
  }
}
