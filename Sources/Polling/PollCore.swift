import Drift
import History
package import ImageModel
package import Recording
import Registry
import Schedule

/// The daemon's decisions about polling, without its threads: what is due, what a result means, what must be
/// recorded. One owner calls it; time and results come in, work to do comes out. A simulated month runs
/// through the same code as the service.
package struct PollCore: Sendable {
  package internal(set) var slots: [TagSlot]
  var plan: PollPlan
  var random: SplitMix64
  /// Repositories of which tags are watched, by their indexes in the plan. The slots at these are no tag's.
  var listings: [Int: ListingSlot] = [:]
  /// What hints want to be looked at, by the index in the plan.
  var hints = HintPlan()
  /// Polls under way that a hint wants made again.
  var hintedMeanwhile: Set<Int> = []
  /// Confirmations that wait for the next flush.
  private var marks: [UnchangedMark] = []
  /// Slots whose last check failed.
  var failing: Set<Int> = []
  /// Indexes that nothing has any more.
  var free: [Int] = []

  private static let overdueLookMilliseconds: Int64 = 10_000
  private var lastOverdueLook: BootTime
  /// `check`: every tag is polled once, or every repository listed, and then left alone.
  let pass: SinglePass.Part?

  init(slots: [TagSlot], plan: PollPlan, pass: SinglePass.Part? = nil, random: SplitMix64) {
    self.slots = slots
    self.plan = plan
    self.pass = pass
    lastOverdueLook = BootTime(milliseconds: -Self.overdueLookMilliseconds)
    self.random = random
    for (index, slot) in slots.enumerated() where slot.reachability.failures > 0 { failing.insert(index) }
  }

  var hasMarks: Bool { !marks.isEmpty }
  /// Of tags whose last check failed.
  var unwell: TagCounts { failing.reduce(into: TagCounts()) { $0.count(slots[$1].reachability) } }
  var watchedCount: Int { plan.count - listings.count }
  var isSinglePass: Bool { pass != nil }

  /// Whether it is the index of a tag that is watched.
  func isTag(_ index: Int) -> Bool { plan.contains(index) && (listings.isEmpty || listings[index] == nil) }

  /// Tags that were never polled.
  var unpolled: Set<TagReference> {
    Set(slots.indices.lazy.filter { isTag($0) && slots[$0].lastChecked == nil }.map { slots[$0].entry.tag })
  }

  /// Every registry there has been, by its index in the plan, with its tags that are watched.
  var registries: [(domain: String, tags: TagCounts)] {
    var registries = plan.registryNames.map { (domain: $0, tags: TagCounts()) }
    for index in slots.indices where isTag(index) {
      registries[plan.registry(of: index)].tags.count(slots[index].reachability)
    }
    return registries
  }

  /// Takes another watchlist over. Tags that stay keep their place in the plan, and a poll under way goes on; of those
  /// that leave nothing is taken in any more.
  ///
  /// - Returns: the slots of the tags that have left.
  @discardableResult
  package mutating func watch(
    _ builder: PlanBuilder, _ registered: PollEngine.Registered, at now: Moment
  ) -> Set<Int> {
    var leaving: [TagID: Int] = [:]
    for (index, slot) in slots.enumerated() where isTag(index) { leaving[slot.id] = index }
    var arriving: [TagSlot] = []
    for (entry, record) in zip(registered.entries, registered.records) {
      if let index = leaving.removeValue(forKey: record.id) {
        let hasSameInterval = slots[index].entry.intervalSeconds == entry.intervalSeconds
        slots[index].reconfigure(entry, record.state, at: now)
        builder.setRegistry(entry.tag.domain, in: &plan)
        if !hasSameInterval { builder.add(index, slots[index], to: &plan, at: now) }
      } else {
        arriving.append(
          TagSlot(
            entry: entry, id: record.id, snapshot: registered.snapshots[record.id], state: record.state, now: now))
      }
    }
    for index in leaving.values { leave(index) }
    for slot in arriving { builder.add(place(slot), slot, to: &plan, at: now) }
    list(registered.repositories, builder, at: now)
    return Set(leaving.values)
  }

  /// Nothing is taken in any more of what is at an index.
  mutating func leave(_ index: Int) {
    plan.remove(index)
    hints.forget(index)
    hintedMeanwhile.remove(index)
    failing.remove(index)
    if plan.isFree(index) { free.append(index) }
  }

  /// - Returns: the index that the slot has from now on.
  mutating func place(_ slot: TagSlot) -> Int {
    let index = free.popLast() ?? slots.count
    if index == slots.count { slots.append(slot) } else { slots[index] = slot }
    if slot.reachability.failures > 0 { failing.insert(index) }
    return index
  }

  /// The slots of the tags that are in the plan, in the order of `tags`; of all where it is `nil`.
  func indexes(of tags: [TagReference]?) -> [Int] {
    let planned = slots.indices.lazy.filter(isTag)
    guard let tags else { return Array(planned) }
    let wanted = Set(tags)
    var indexes: [TagReference: Int] = [:]
    for index in planned where wanted.contains(slots[index].entry.tag) { indexes[slots[index].entry.tag] = index }
    return tags.compactMap { indexes[$0] }
  }

  func isUnderWay(_ index: Int) -> Bool { plan.contains(index) && plan.due(of: index) == nil }

  /// Makes a tag due at once.
  mutating func hasten(_ index: Int, at now: Moment) { plan.hasten(index, at: now.boot) }

  func pauses(at now: Moment) -> [String: BootTime] { plan.pauses(at: now.boot) }

  /// Leaves registries alone until then, by domain.
  package mutating func pause(_ ends: [String: BootTime]) { plan.pause(ends) }

  /// The same, as of the wall clock; none is longer than a registry may ask for.
  package mutating func pause(_ ends: [String: Timestamp], at now: Moment) {
    let longest = now.wall.advanced(bySeconds: Limits.registryRetryAfterSeconds)
    plan.pause(
      ends.filter { $0.value > now.wall && $0.value <= longest }.mapValues {
        now.boot + ($0.milliseconds - now.wall.milliseconds)
      })
  }

  /// Asks registries again that wanted to be left alone.
  mutating func endPauses(at now: Moment) { plan.endPauses(at: now.boot) }

  /// Why what is at an index cannot be polled now, if so: its registry is left alone, for it has asked for that.
  func pause(of index: Int, at now: Moment) -> CheckFailure? {
    guard let end = plan.pause(of: index, at: now.boot) else { return nil }
    let domain = listings[index]?.entry.repository.domain ?? slots[index].entry.tag.domain
    return CheckFailure(
      .rateLimited, "\(domain) limits requests; none is made before \(now.wall(at: end))",
      remedy: "wait, or use credentials with a higher limit")
  }

  /// What a check comes to of which nothing has to be recorded.
  func result(_ index: Int, _ outcome: CheckOutcome) -> CheckReport.Result {
    let entry = slots[index].entry
    return CheckReport.Result(tag: entry.tag, outcome: outcome, isWatched: entry.isListed, events: [])
  }

  /// What to start now, within each registry's concurrency.
  package mutating func work(at now: Moment) -> PollWork {
    var work = PollWork()
    takeHints(at: now)
    for index in plan.due(at: now.boot) {
      hints.began(index, at: now.boot)
      if let listing = listings[index] {
        work.lists.append(listing.job(index, at: now))
      } else {
        slots[index].isVerifying = slots[index].verifyFrom <= now.boot
        work.polls.append(job(index, now))
      }
    }
    return work
  }

  private func job(_ index: Int, _ now: Moment) -> PollJob {
    var known = slots[index].known
    known.mustVerify = slots[index].isVerifying
    return PollJob(
      index: index, registry: plan.registry(of: index), began: now.boot,
      lateness: slots[index].lastChecked.map { _ in plan.lateness(of: index, at: now.boot) },
      tag: slots[index].entry.tag, known: known,
      selection: slots[index].entry.selection, wantsProbe: slots[index].reachability.wantsRegistryProbe)
  }

  /// Boot time at which `work` may have something, `nil` when nothing is planned. `overdue` is to be asked
  /// once a minute as well.
  package func nextWake(after now: Moment) -> BootTime? {
    [plan.nextWake(after: now.boot), hints.next].compactMap(\.self).min()
  }

  /// Takes the result of a poll: frees its place in the plan, and says what must be recorded. `nil` when a mark
  /// is all there is to it.
  package mutating func finished(_ index: Int, _ result: PollResult, at now: Moment) -> RecordRequest? {
    guard plan.contains(index) else {
      plan.finish(index, result.planned, spending: result.spending, at: now.boot, random: &random)
      free.append(index)
      return nil
    }
    let nextCheck = now.wall(at: planNext(index, result, now))
    let seen = result.seen(at: now.wall)
    slots[index].lastChecked = seen
    slots[index].nextCheck = nextCheck
    planVerification(index, result, now)
    if case .observed(.unchanged) = result.outcome, slots[index].isQuiet(at: now.wall) {
      slots[index].reachability.lastSuccess = now.wall
      marks.append(UnchangedMark(tagID: slots[index].id, at: now.wall, nextCheck: nextCheck))
      return nil
    }
    let change: ReachabilityChange?
    switch result.outcome {
    case .observed:
      change = slots[index].reachability.succeeded(at: seen)
      failing.remove(index)
    case .failed(let failure, let registryAnswers):
      change =
        slots[index].reachability.failed(failure, at: now.wall, registryAnswers: registryAnswers)
        ?? unreachable(index, at: now)
      failing.insert(index)
    }
    return request(index, result.finding, change, at: seen)
  }

  private mutating func planVerification(_ index: Int, _ result: PollResult, _ now: Moment) {
    switch result.outcome {
    case .observed(.found):
      let entry = slots[index].entry
      slots[index].verifyFrom = Verification.due(entry.tag, every: entry.intervalSeconds, after: now.wall, at: now)
    case .observed(.unchanged) where slots[index].isVerifying: slots[index].verifyFrom = Verification.retry(at: now)
    case .observed(.unchanged), .observed(.moved), .failed: break
    }
  }

  private mutating func planNext(_ index: Int, _ result: PollResult, _ now: Moment) -> BootTime {
    let next = plan.finish(index, result.planned, spending: result.spending, at: now.boot, random: &random)
    if isSinglePass { plan.remove(index) }
    againIfHinted(index, at: now)
    return next
  }

  /// Tags that have been failing for so long that they count as unreachable from now on.
  package mutating func overdue(at now: Moment) -> [RecordRequest] {
    // All failing tags are looked at, so not at every tick: a minute is exact enough. A single pass asks each
    // tag first.
    guard !isSinglePass, abs(now.boot - lastOverdueLook) >= Self.overdueLookMilliseconds else { return [] }
    lastOverdueLook = now.boot
    return failing.sorted().compactMap { index in
      // A poll under way reports by itself.
      guard plan.due(of: index) != nil, wasLookedAt(index, before: now), let change = unreachable(index, at: now) else {
        return nil
      }
      return request(index, .overdue, change, at: now.wall)
    }
  }

  private func request(
    _ index: Int, _ finding: RecordRequest.Finding, _ change: ReachabilityChange?, at time: Timestamp
  ) -> RecordRequest {
    let slot = slots[index]
    return RecordRequest(
      index: index, tagID: slot.id, watched: slot.entry, reachability: slot.reachability,
      lastChecked: slot.lastChecked, finding: finding, change: change, at: time, nextCheck: slot.nextCheck)
  }

  private mutating func unreachable(_ index: Int, at now: Moment) -> ReachabilityChange? {
    slots[index].reachability.tick(
      at: now.wall, unreachableAfterSeconds: slots[index].entry.unreachableAfterSeconds,
      intervalSeconds: slots[index].entry.intervalSeconds)
  }

  /// Whether the last check is no older than the plan lets it get; what its registry asked for with it is part of that.
  /// After a suspension or a long stop the next check decides, not the time that passed unseen.
  private func wasLookedAt(_ index: Int, before now: Moment) -> Bool {
    let slot = slots[index]
    guard let last = slot.lastChecked else { return false }
    let longestBackoff = PollPlan.backoffCapSeconds(intervalSeconds: slot.entry.intervalSeconds)
    return now.wall
      < max(slot.nextCheck, last.advanced(bySeconds: longestBackoff)).advanced(bySeconds: Limits.tickSeconds)
  }

  /// A request from before `watch`, with the sinks of now: those it was meant for may be gone, and the new ones would
  /// get nothing.
  func rerouted(_ request: RecordRequest) -> RecordRequest {
    guard slots[request.index].id == request.tagID else { return request }
    var request = request
    request.watched.sinks = slots[request.index].entry.sinks
    return request
  }

  /// Takes in what the recorder made of a request.
  package mutating func recorded(_ record: Record) {
    // By now the slot may be another tag's.
    guard slots[record.index].entry.tag == record.tag else { return }
    switch record.outcome {
    case .firstSeen, .changed: hints.changed(record.index)
    case .unchanged, .failed, nil: break
    }
    slots[record.index].recorded(record)
  }

  /// The marks gathered since the last call.
  mutating func takeMarks() -> [UnchangedMark] {
    defer { marks.removeAll(keepingCapacity: true) }
    return marks
  }

  /// Puts marks back that could not be written; newer ones for the same tag come after them.
  mutating func restore(_ unwritten: [UnchangedMark]) { marks.insert(contentsOf: unwritten, at: 0) }
}

extension PollResult {
  var isFailure: Bool {
    if case .failed = outcome { true } else { false }
  }

  /// Whether the registry asks to be left alone.
  var isThrottled: Bool {
    if case .throttled = planned { true } else { false }
  }

  fileprivate var planned: PollOutcome {
    switch outcome {
    case .observed: .success
    case .failed(let failure, _): PollOutcome(failure)
    }
  }

  fileprivate var finding: RecordRequest.Finding {
    switch outcome {
    case .observed(.unchanged): .confirmed
    case .observed(.moved(let moved, let documents)): .moved(moved, documents)
    case .observed(.found(let snapshot, let head, _)): .found(snapshot, head: head)
    case .failed(let failure, _): .failed(failure)
    }
  }
}
