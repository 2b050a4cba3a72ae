import ImageModel
import Messages

/// No more than a service documents, from the first request on; what it refuses all the same is learnt beside that
/// (`LearntPace`). A request counts until its time has passed since the answer: on the way it may have been slow. Pure.
struct DocumentedPace: Sendable {
  typealias Instant = ContinuousClock.Instant

  private let paces: [MessageFormat.Pace]
  /// When requests were answered, in order; of no more than count.
  private var answered: [Instant] = []

  init(_ paces: [MessageFormat.Pace]) { self.paces = paces }

  /// The earliest time at which another request may be sent; `nil`: not before an answer comes.
  func opens(at now: Instant, underWay: Int) -> Instant? {
    var latest = now
    for pace in paces {
      guard let opens = opens(pace, at: now, underWay: underWay) else { return nil }
      latest = max(latest, opens)
    }
    return latest
  }

  private func opens(_ pace: MessageFormat.Pace, at now: Instant, underWay: Int) -> Instant? {
    let window = Duration.seconds(pace.seconds)
    let taken = answered.filter { $0 + window > now }
    let tooMany = taken.count + underWay - pace.requests
    if tooMany < 0 { return now }
    return tooMany < taken.count ? taken[tooMany] + window : nil
  }

  mutating func ended(at now: Instant) {
    guard let counted = paces.map(\.requests).max() else { return }
    answered.append(now)
    if answered.count > counted { answered.removeFirst() }
  }
}
