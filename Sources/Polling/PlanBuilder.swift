import Drift
import History
package import ImageModel
import Schedule

/// Makes the plan and the slots of a watchlist from what the store knows of its tags.
package struct PlanBuilder: Sendable {
  private let limits: [String: RegistryLimits]

  /// - Parameter limits: those of a registry.
  package init(
    entries: [WatchEntry], repositories: [RepositoryEntry] = [], limits: (_ domain: String) -> RegistryLimits
  ) {
    let domains = entries.domains.union(repositories.map(\.repository.domain))
    self.limits = Dictionary(uniqueKeysWithValues: domains.map { ($0, limits($0)) })
  }

  /// - Parameter pass: how `check` polls: once, now, whatever the next check was.
  package func core(
    _ registered: PollEngine.Registered, seed: UInt64, now: Moment, pass: SinglePass.Part? = nil
  ) -> PollCore {
    var plan = PollPlan(seed: seed, origin: now.boot - now.wall.milliseconds)
    var slots: [TagSlot] = []
    slots.reserveCapacity(registered.entries.count)
    for (entry, record) in zip(registered.entries, registered.records) {
      // A pass over lists polls no tag; which were given it has to know.
      guard pass != .lists || entry.isGiven else { continue }
      let slot = TagSlot(
        entry: entry, id: record.id, snapshot: registered.snapshots[record.id], state: record.state, now: now)
      if pass != .lists { add(slots.count, slot, to: &plan, at: now, isSinglePass: pass != nil) }
      slots.append(slot)
    }
    var core = PollCore(slots: slots, plan: plan, pass: pass, random: SplitMix64())
    if pass != .tags { core.list(registered.repositories, self, at: now) }
    return core
  }

  /// Gives a tag its place in the plan: where it was, if it has been checked before.
  func add(_ index: Int, _ slot: TagSlot, to plan: inout PollPlan, at now: Moment, isSinglePass: Bool = false) {
    let registry = setRegistry(slot.entry.tag.domain, in: &plan)
    plan.add(
      index, name: slot.entry.tag.description, registry: registry, intervalSeconds: slot.entry.intervalSeconds,
      resume: isSinglePass ? .never : slot.resume(at: now))
  }

  /// - Returns: the registry's index in the plan.
  @discardableResult
  func setRegistry(_ domain: String, in plan: inout PollPlan) -> Int {
    // Of every domain that an entry has; one at a time would be right for any other.
    let limits = limits[domain] ?? RegistryLimits(concurrency: 1)
    return plan.setRegistry(
      domain, maxConcurrency: limits.concurrency, requestsPerSecond: limits.requestsPerSecond)
  }
}

extension TagSlot {
  /// Where it stands when it joins the plan.
  func resume(at now: Moment) -> Resume {
    StoredDue.resume(
      nextCheckWall: nextCheck, nowWall: now.wall, nowBoot: now.boot, intervalSeconds: entry.intervalSeconds,
      failures: reachability.failures)
  }
}

extension [WatchEntry] {
  /// Far fewer than there are tags: what is to be said of each is said once.
  package var domains: Set<String> { Set(lazy.map(\.tag.domain)) }
}

/// What a registry is asked at most.
package struct RegistryLimits: Hashable, Sendable {
  /// Polls at once.
  package let concurrency: Int
  /// By each account; `nil`: any number.
  package let requestsPerSecond: Double?

  package init(concurrency: Int, requestsPerSecond: Double? = nil) {
    self.concurrency = concurrency
    self.requestsPerSecond = requestsPerSecond
  }
}
