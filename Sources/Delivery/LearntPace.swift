import ImageModel

/// How many requests in what time a receiver seems to allow, learnt from what it refuses with 429. Pure.
///
/// What was accepted before a refusal, and how long it took until something was accepted again, is the limit. Of a
/// receiver that says how long to wait it is believed once a second refusal, or the acceptance of what was refused,
/// bears it out: it may refuse one event and take all others. It is kept until one request more than it allows is
/// accepted, which is tried now and then.
struct LearntPace: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Limit: Hashable, Sendable {
    var requests: Int
    /// From the answer to a request until another one may take its place.
    var window: Duration
    /// A shorter window that may do as well: nobody was there to try it, for whatever waited had its next attempt
    /// later.
    var guess: Duration?
  }

  /// A limit beyond these is left to the rests that the receiver asks for.
  private static let longestWindow = Duration.seconds(60)
  private static let mostRequests = 256
  /// Windows that are used up before one request more is tried: doubled each time that it is refused.
  private static let windowsBeforeTrial = 2
  private static let mostWindowsBeforeTrial = 64

  /// What was seen, and not yet how it ends.
  private struct Lesson {
    var requests: Int
    var since: Instant
    let refused: Instant
    let asked: Duration?
    var restEnds: Instant
  }

  /// One request more than the limit allows.
  private struct Trial {
    let request: EventSequence
    /// Those that were under way when it was sent, and are not answered. It may overtake them, and what it takes is
    /// then theirs.
    var companions: Set<EventSequence>
    var isAccepted = false
  }

  private(set) var limit: Limit?
  private var lesson: Lesson?
  /// When requests were sent that were accepted, since the last rest.
  private var accepted: [Instant] = []
  /// When requests were answered that count against the limit.
  private var answered: [Instant] = []
  /// Rests in a row that an event brought which had not been refused before.
  private var surprises = 0
  private var wasSurprised = false
  private var trial: Trial?
  private var acceptedSinceTrial = 0
  private var patience = windowsBeforeTrial

  /// The earliest time at which another request may be sent; `nil`: not before an answer comes.
  ///
  /// - Parameters:
  ///   - underWay: requests that are not answered.
  ///   - trialCosts: how many times as long as usual it takes until this one is tried beyond the limit; `nil`: never.
  func opens(at now: Instant, underWay: Int, trialCosts: Int?) -> Instant? {
    guard let limit else { return now }
    let taken = answered.filter { $0 + limit.window > now }
    guard taken.count + underWay >= limit.requests, !isTrialDue(limit, costs: trialCosts) else { return now }
    let isFree = trialCosts == 1 && trial == nil && lesson == nil && underWay == 0
    return taken.min().map { $0 + (isFree ? limit.guess ?? limit.window : limit.window) }
  }

  /// - Parameter underWay: requests that are not answered.
  mutating func began(_ request: EventSequence, at now: Instant, underWay: some Collection<EventSequence>) {
    guard let limit else { return }
    answered.removeAll { $0 + limit.window <= now }
    if answered.count + underWay.count >= limit.requests {
      trial = Trial(request: request, companions: Set(underWay))
    }
  }

  mutating func accepted(_ request: EventSequence, begun: Instant, wasRefused: Bool, at now: Instant) {
    if let known = lesson, begun < known.refused {
      lesson?.requests += 1
      lesson?.since = min(known.since, begun)
    } else {
      if let lesson { learn(lesson, begun: begun, wasRefused: wasRefused, at: now) }
      lesson = nil
      accepted.append(begun)
      if accepted.count > Self.mostRequests { accepted.removeFirst() }
    }
    if trial?.request == request { trial?.isAccepted = true }
    trial?.companions.remove(request)
    if let trial, trial.isAccepted, trial.companions.isEmpty {
      // It allows more, so what was learnt does not hold.
      limit = limit.flatMap { limit in limit.guess.map { Limit(requests: limit.requests, window: $0) } }
      self.trial = nil
      (surprises, wasSurprised) = (1, true)
      answered = limit == nil ? [] : [now]
      acceptedSinceTrial = 0
    } else if limit != nil {
      answered.append(now)
      acceptedSinceTrial += 1
    }
  }

  /// Neither accepted nor refused: the receiver may have counted it.
  mutating func failed(_ request: EventSequence, at now: Instant) {
    if trial?.request == request || trial?.companions.contains(request) == true { trial = nil }
    if limit != nil { answered.append(now) }
  }

  /// - Parameters:
  ///   - isSurprise: it had not been refused before.
  ///   - restEnds: of the rest that this begins; `nil` where it had begun.
  mutating func refused(
    _ request: EventSequence, asked: Duration?, isSurprise: Bool, restEnds: Instant?, at now: Instant
  ) {
    // Whichever of those under way is refused: together they were one too many.
    let isTrialOver = trial != nil && (isSurprise || request == trial?.request)
    if isTrialOver, let known = limit, let guess = known.guess {
      limit?.guess = guess * 2 < known.window ? guess * 2 : nil
    } else if isTrialOver {
      patience = min(Self.mostWindowsBeforeTrial, patience * 2)
    }
    // One that is never taken says nothing, neither for the trial nor against it.
    if isTrialOver || trial?.companions.contains(request) == true {
      acceptedSinceTrial = 0
      trial = nil
    }
    if let restEnds {
      if !wasSurprised { surprises = 0 }
      wasSurprised = false
      lesson?.restEnds = restEnds
      if !isTrialOver, limit == nil || isSurprise { begin(asked: asked, restEnds: restEnds, at: now) }
      accepted = []
    }
    if isSurprise, !wasSurprised {
      surprises += 1
      wasSurprised = true
    }
  }

  private func isTrialDue(_ limit: Limit, costs: Int?) -> Bool {
    guard let costs, trial == nil, lesson == nil, limit.guess == nil else { return false }
    return acceptedSinceTrial >= patience * costs * limit.requests
  }

  private mutating func begin(asked: Duration?, restEnds: Instant, at now: Instant) {
    // Of what was accepted long before, the receiver has let go.
    let memory = max(asked ?? .zero, limit?.window ?? .zero, .seconds(1)) * 2
    let burst = accepted.filter { $0 + memory >= now }
    // Nothing accepted since the last rest: that one was too short, and what was seen before goes on.
    guard let since = burst.min() else { return }
    lesson = Lesson(requests: burst.count, since: since, refused: now, asked: asked, restEnds: restEnds)
  }

  private mutating func learn(_ lesson: Lesson, begun: Instant, wasRefused: Bool, at now: Instant) {
    let window = lesson.since.duration(to: now)
    guard wasRefused || surprises > 1 || limit != nil || lesson.asked == nil, lesson.requests < Self.mostRequests,
      window <= Self.longestWindow,
      // Asked as soon as it might be, and not after an outage. Without a time to wait, the event has its schedule's.
      begun <= lesson.restEnds + .seconds(lesson.asked == nil ? 6 : 1),
      lesson.asked.map({ lesson.refused.duration(to: begun) <= $0 * 8 }) ?? true
    else { return }
    let isLate = lesson.asked == nil && begun > lesson.restEnds + .seconds(1)
    let guess = isLate ? max(.seconds(1), lesson.since.duration(to: lesson.restEnds)) : nil
    limit = Limit(requests: lesson.requests, window: window, guess: guess)
    answered = []
    trial = nil
    acceptedSinceTrial = 0
    patience = Self.windowsBeforeTrial
  }
}
