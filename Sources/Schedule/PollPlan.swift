package import ImageModel

/// What is to be polled when: pure, and small enough for a million tags (32 bytes a tag and 16 for its place
/// in line).
///
/// Tags are dense indexes the caller gives out, times are boot time. The plan decides when a tag is due, how many polls
/// a registry gets at a time, and how many requests each account makes of it: a poll waits here for its turn, and tells
/// afterwards what it has cost. See `PollTiming` for when.
package struct PollPlan: Sendable {
  /// A jump this long between calls means that the machine was suspended: work that piled up is spread.
  static let gap: Int64 = 120_000

  private let seed: UInt64
  private let origin: BootTime
  private var slots: [PollSlot] = []
  private var registries: [RegistryQueue] = []
  private var indexOfRegistry: [String: Int] = [:]
  /// The latest time `due` was asked for.
  private var latest: BootTime?

  /// Tags in the plan, and how many of their polls are under way.
  package private(set) var count = 0
  package private(set) var inFlight = 0

  /// - Parameters:
  ///   - seed: from the instance's ID (`SpreadHash.hash`), so that installations do not poll in step.
  ///   - origin: where the grid of polls begins. Boot time minus wall time makes a tag keep its place when the
  ///     machine is started anew.
  package init(seed: UInt64, origin: BootTime = BootTime(milliseconds: 0)) {
    self.seed = seed
    self.origin = origin
  }

  /// The longest that a tag which fails waits for its next poll, but for what a registry asks for.
  package static func backoffCapSeconds(intervalSeconds: Int) -> Int {
    min(Limits.backoffCapSeconds, 2 * intervalSeconds)
  }

  /// Adds a registry or changes how many polls it gets at a time (at least one), and how many requests a second by each
  /// account (`nil`: any number). Returns its index, the same for the same domain.
  @discardableResult
  package mutating func setRegistry(
    _ domain: String, maxConcurrency: Int, requestsPerSecond: Double? = nil
  ) -> Int {
    if let index = indexOfRegistry[domain] {
      registries[index].maxConcurrency = max(1, maxConcurrency)
      registries[index].setRate(requestsPerSecond)
      return index
    }
    indexOfRegistry[domain] = registries.count
    registries.append(RegistryQueue(maxConcurrency: maxConcurrency, requestsPerSecond: requestsPerSecond))
    return registries.count - 1
  }

  /// Adds a tag, or gives it new settings. A poll under way goes on and counts for the new settings.
  ///
  /// - Parameters:
  ///   - tag: dense, from 0. One that was removed may name another tag once its poll is finished.
  ///   - name: the canonical text, which decides the tag's place in the interval; not kept.
  ///   - registry: from `setRegistry`.
  package mutating func add(_ tag: Int, name: String, registry: Int, intervalSeconds: Int, resume: Resume) {
    precondition(tag >= 0 && registries.indices.contains(registry), "tag \(tag) of registry \(registry)")
    if tag >= slots.count {
      slots.append(contentsOf: repeatElement(PollSlot(), count: tag + 1 - slots.count))
    }
    let wasFlying = slots[tag].state == .inFlight || slots[tag].state == .leaving
    let isNew = slots[tag].state == .absent
    remove(tag)
    if isNew || slots[tag].registry != UInt32(registry) {
      if wasFlying {
        registries[Int(slots[tag].registry)].count(-1, of: slots[tag].account)
        registries[registry].count(1, of: 0)
      }
      slots[tag].account = 0
    }
    let interval = min(max(intervalSeconds, Limits.intervalSeconds.lowerBound), Limits.intervalSeconds.upperBound)
    slots[tag].hash = UInt32(truncatingIfNeeded: SpreadHash.hash(name, seed: seed) >> 32)
    slots[tag].intervalSeconds = UInt32(interval)
    slots[tag].registry = UInt32(registry)
    count += 1
    if wasFlying {
      slots[tag].state = .inFlight
    } else {
      enqueue(tag, due: start(of: tag, resume))
    }
  }

  /// Takes a tag out. A poll under way keeps its place among the registry's until it is finished.
  package mutating func remove(_ tag: Int) {
    guard slots.indices.contains(tag) else { return }
    switch slots[tag].state {
    case .absent, .leaving: return
    case .inFlight: slots[tag].state = .leaving
    case .waiting: dequeue(tag, state: .absent)
    }
    count -= 1
  }

  /// The tags to poll now, as many as their registries have room for. They are under way until `finish`.
  /// Within a registry the longest overdue come first; between registries they take turns. To be called at
  /// least once a minute, also when nothing is expected: a longer silence is taken for a suspended machine.
  package mutating func due(at now: BootTime) -> [Int] {
    observe(now)
    var picks: [(turn: Int, entry: RegistryQueue.Entry)] = []
    for index in registries.indices {
      var turn = 0
      while registries[index].free > 0,
        let entry = registries[index].popDue(at: now, slots: slots)
      {
        slots[Int(entry.tag)].state = .inFlight
        picks.append((turn, entry))
        turn += 1
      }
    }
    inFlight += picks.count
    picks.sort { ($0.turn, $0.entry) < ($1.turn, $1.entry) }
    return picks.map { Int($0.entry.tag) }
  }

  /// A poll has ended; also one that `due` did not ask for, which then counts as the tag's poll.
  ///
  /// - Parameter spending: what it has cost.
  /// - Returns: when the tag is due next; `distantFuture` for one that has been removed.
  @discardableResult
  package mutating func finish(
    _ tag: Int, _ outcome: PollOutcome, spending: PollSpending = .one, at now: BootTime,
    random: inout some RandomNumberGenerator
  ) -> BootTime {
    guard slots.indices.contains(tag), slots[tag].state != .absent else { return .distantFuture }
    let registry = Int(slots[tag].registry)
    let wasStarted = slots[tag].state != .waiting
    if wasStarted { inFlight -= 1 } else { dequeue(tag, state: .inFlight) }
    let account = spending.account.map { registries[registry].account($0) } ?? slots[tag].account
    registries[registry].settle(
      spending.requests, started: wasStarted ? slots[tag].account : nil, account: account, at: now)
    slots[tag].account = account
    let pauseEnd = settle(registry, outcome, at: now, random: &random)
    if slots[tag].state == .leaving {
      slots[tag].state = .absent
      return .distantFuture
    }
    let due = max(pauseEnd, next(of: tag, outcome, at: now, random: &random))
    enqueue(tag, due: due)
    return due
  }

  /// Makes a waiting tag due at once, whatever it waits for; a pause of its registry holds for it as well.
  package mutating func hasten(_ tag: Int, at now: BootTime) {
    guard let due = due(of: tag), due > now else { return }
    dequeue(tag, state: .absent)
    enqueue(tag, due: now)
  }

  /// Until when the tag's registry is left alone; `nil` when it is not.
  package func pause(of tag: Int, at now: BootTime) -> BootTime? {
    guard contains(tag) else { return nil }
    let end = registries[Int(slots[tag].registry)].pausedUntil
    return end > now ? end : nil
  }

  /// Until when registries are left alone, by domain; of those that are.
  package func pauses(at now: BootTime) -> [String: BootTime] {
    indexOfRegistry.mapValues { registries[$0].pausedUntil }.filter { $0.value > now }
  }

  /// Polls of registries wait until then, by domain, and go out one at a time afterwards until one succeeds. A pause is
  /// never shortened.
  package mutating func pause(_ ends: [String: BootTime]) {
    for (domain, end) in ends {
      guard let index = indexOfRegistry[domain] else { continue }
      pause(registry: index, until: end)
      registries[index].strikes = max(registries[index].strikes, 1)
    }
  }

  /// Ends all pauses. After one, polls go out one at a time until one succeeds; those first that would have waited for
  /// its end because they have met it. Over a restart ends are kept to the second, and due times to the millisecond.
  package mutating func endPauses(at now: BootTime) {
    var ended: [Int: BootTime] = [:]
    for index in registries.indices where registries[index].pausedUntil > now {
      ended[index] = registries[index].pausedUntil
      registries[index].pausedUntil = .distantPast
      registries[index].strikes = max(registries[index].strikes, 1)
    }
    guard !ended.isEmpty else { return }
    for tag in slots.indices where slots[tag].failures > 0 && slots[tag].state == .waiting {
      if let end = ended[Int(slots[tag].registry)], slots[tag].due + 1_000 > end { hasten(tag, at: now) }
    }
  }

  /// Polls of this registry wait until then. A pause is never shortened.
  package mutating func pause(registry: Int, until: BootTime) {
    guard registries.indices.contains(registry) else { return }
    registries[registry].pausedUntil = max(registries[registry].pausedUntil, until)
  }

  /// The earliest moment, `now` or later, at which `due` has something to give if nothing else happens before;
  /// `nil` when it has to wait for `add` or `finish`.
  package func nextWake(after now: BootTime) -> BootTime? {
    registries.lazy
      .compactMap { queue in
        queue.free > 0 ? queue.next(after: now) : nil
      }
      .min()
  }

  /// When a waiting tag is due; `nil` for one that is unknown or under way.
  package func due(of tag: Int) -> BootTime? {
    slots.indices.contains(tag) && slots[tag].state == .waiting ? slots[tag].due : nil
  }

  /// The registry of a tag that is in the plan or under way.
  package func registry(of tag: Int) -> Int { Int(slots[tag].registry) }

  /// The registries by their indexes.
  package var registryNames: [String] { indexOfRegistry.sorted { $0.value < $1.value }.map(\.key) }

  /// How long ago a tag was due that `due` has given out.
  package func lateness(of tag: Int, at now: BootTime) -> Duration {
    .milliseconds(max(0, now - slots[tag].due))
  }

  /// Whether the tag is in the plan, be it waiting or under way.
  package func contains(_ tag: Int) -> Bool {
    slots.indices.contains(tag) && (slots[tag].state == .waiting || slots[tag].state == .inFlight)
  }

  /// Whether the index names no tag and may be given to another one: not while the poll of a removed tag is under way.
  package func isFree(_ tag: Int) -> Bool { !slots.indices.contains(tag) || slots[tag].state == .absent }

  /// After a gap everything overdue would go out at once; it is spread instead.
  private mutating func observe(_ now: BootTime) {
    if let latest, now - latest > Self.gap {
      for index in registries.indices {
        registries[index].postpone(dueBy: now, slots: &slots) {
          PollTiming.afterGap(now: now, hash: $0.hash, interval: $0.interval)
        }
      }
    }
    latest = max(latest ?? now, now)
  }

  /// What the outcome means for the whole registry. Returns the end of the pause it asked for.
  private mutating func settle(
    _ registry: Int, _ outcome: PollOutcome, at now: BootTime, random: inout some RandomNumberGenerator
  ) -> BootTime {
    // Polls that were under way when a pause began say nothing about what comes after it.
    let isNews = now >= registries[registry].pausedUntil
    guard case .throttled(let retryAfterSeconds) = outcome else {
      if isNews { registries[registry].strikes = 0 }
      return .distantPast
    }
    if isNews { registries[registry].strikes = min(registries[registry].strikes + 1, 32) }
    let length = PollTiming.pause(
      retryAfterSeconds: retryAfterSeconds, strikes: registries[registry].strikes, using: &random)
    pause(registry: registry, until: now + length)
    return now + length
  }

  private mutating func next(
    of tag: Int, _ outcome: PollOutcome, at now: BootTime, random: inout some RandomNumberGenerator
  ) -> BootTime {
    let slot = slots[tag]
    if outcome == .success {
      slots[tag].failures = 0
      return PollTiming.afterSuccess(
        now: now, origin: origin, hash: slot.hash, interval: slot.interval, using: &random)
    }
    slots[tag].failures = UInt8(min(Int(slot.failures) + 1, 255))
    return now
      + PollTiming.backoff(
        failures: Int(slots[tag].failures), interval: slot.interval,
        isPermanent: outcome == .failure(isPermanent: true), using: &random)
  }

  private mutating func start(of tag: Int, _ resume: Resume) -> BootTime {
    let due: BootTime
    var failed = 0
    switch resume {
    case .never: due = latest ?? BootTime(milliseconds: 0)
    case .due(let time): due = time
    case .failing(let time, let failures): (due, failed) = (time, failures)
    case .spread(let from, let failures):
      failed = failures
      due = PollTiming.gridPoint(from: from, origin: origin, hash: slots[tag].hash, interval: slots[tag].interval)
    }
    slots[tag].failures = UInt8(min(max(failed, 0), 255))
    return due
  }

  private mutating func enqueue(_ tag: Int, due: BootTime) {
    slots[tag].ticket &+= 1
    slots[tag].due = due
    slots[tag].state = .waiting
    registries[Int(slots[tag].registry)].insert(
      RegistryQueue.Entry(due: due, tag: UInt32(tag), ticket: slots[tag].ticket), of: slots[tag].account)
  }

  private mutating func dequeue(_ tag: Int, state: PollSlot.State) {
    slots[tag].state = state
    registries[Int(slots[tag].registry)].invalidateOne(of: slots[tag].account, slots: slots)
  }
}
