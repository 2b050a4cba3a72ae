import ImageModel
import Messages

/// What a receiver's refusals mean for what it is sent next: how long nothing, then how fast, and what first. Pure: it
/// is told what happens and when. See docs/decisions/0021.
struct Throttle: Sendable {
  typealias Instant = ContinuousClock.Instant

  enum Answer {
    case accepted
    case refused(Refusal)
    /// Anything else, or none.
    case other
  }

  private var rest = ReceiverRest()
  private var pace = LearntPace()
  private var documented: DocumentedPace
  private var order = TurnOrder()
  /// Whether the last refusal said how long to wait, so that it used up no attempt.
  private var saidHowLong = false
  /// Requests that are not answered: when they were sent, whether nothing else was under way, and `isCostly` then.
  private var underWay: [EventSequence: (begun: Instant, wentFirst: Bool, isCostly: Bool)] = [:]

  /// - Parameter paces: what its service documents.
  init(_ paces: [MessageFormat.Pace] = []) { documented = DocumentedPace(paces) }

  var limit: LearntPace.Limit? { pace.limit }

  /// Nothing is sent before.
  var restsUntil: Instant? { rest.until }

  func isResting(at now: Instant) -> Bool { !rest.isOver(at: now) }

  /// What is left of the time that the receiver asked for.
  func asked(at now: Instant) -> Duration? {
    rest.askedUntil.flatMap { $0 > now ? now.duration(to: $0) : nil }
  }

  /// The earliest time at which another request may be sent, now or later; `nil`: not before an answer comes.
  ///
  /// - Parameter next: what it would be.
  func opens(at now: Instant, next: OutboxItem?) -> Instant? {
    if let until = rest.until, until > now { return until }
    if rest.isDoubtful, !underWay.isEmpty { return nil }
    guard let allowed = documented.opens(at: now, underWay: underWay.count),
      let learnt = pace.opens(at: now, underWay: underWay.count, trialCosts: next.flatMap(trialCosts))
    else { return nil }
    return max(allowed, learnt)
  }

  /// What it costs if this is one too many, 1 or more; `nil` if its refusal would say nothing about pace, or if one
  /// that is under way might be refused in its place and wait for long.
  private func trialCosts(_ item: OutboxItem) -> Int? {
    if order.wasRefused(item) || underWay.values.contains(where: \.isCostly) { return nil }
    return isCostly(item) ? 4 : 1
  }

  /// Whether another refusal would have the event wait for long: it has used up attempts, and uses up one more.
  private func isCostly(_ item: OutboxItem) -> Bool { !saidHowLong && item.attempts > 0 }

  /// Items that were refused and let others go first.
  var postponed: [EventSequence] { order.postponed }

  /// Those whose turn it is first.
  mutating func sorted(_ items: [OutboxItem]) -> [OutboxItem] { order.sorted(items) }

  /// Goes on with a rest that began before this program did.
  mutating func resume(for asked: Duration, at now: Instant) { rest.resume(for: asked, at: now) }

  /// Somebody who knows better wants attempts now.
  mutating func forget() {
    let (underWay, documented) = (underWay, documented)
    self = Throttle()
    (self.underWay, self.documented) = (underWay, documented)
  }

  mutating func begin(_ item: OutboxItem, at now: Instant) {
    pace.began(item.sequence, at: now, underWay: underWay.keys)
    underWay[item.sequence] = (now, underWay.isEmpty, isCostly(item))
  }

  /// - Parameter result: `nil` where nothing is known.
  mutating func end(_ item: OutboxItem, _ result: DeliveryResult?, at now: Instant) {
    switch result {
    case .delivered: end(item, .accepted, at: now)
    case .refused(_, let refusal, _, let next):
      end(item, .refused(refusal), at: now)
      if next == .byHand { order.gaveUp(item) }
    case .failed, nil: end(item, .other, at: now)
    }
  }

  mutating func end(_ item: OutboxItem, _ answer: Answer, at now: Instant) {
    documented.ended(at: now)
    let (begun, wentFirst, _) = underWay.removeValue(forKey: item.sequence) ?? (now, false, false)
    let wasRefused = order.wasRefused(item)
    switch answer {
    case .accepted:
      rest.accepted()
      pace.accepted(item.sequence, begun: begun, wasRefused: wasRefused, at: now)
      order.ended(item)
    case .refused(let refusal):
      let begins = rest.refused(asked: refusal.asked, begun: begun, at: now)
      order.refused(item, wentFirst: wentFirst)
      saidHowLong = refusal.asked != nil
      if refusal.isTooMany {
        pace.refused(
          item.sequence, asked: refusal.asked, isSurprise: !wasRefused, restEnds: begins ? rest.until : nil, at: now)
      } else {
        pace.failed(item.sequence, at: now)
      }
    case .other:
      pace.failed(item.sequence, at: now)
      order.ended(item)
    }
  }
}
