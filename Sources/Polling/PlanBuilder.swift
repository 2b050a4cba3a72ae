import Drift
package import History
package import ImageModel
import Schedule

/// Makes the plan and the slots of a watchlist from what the store knows of its tags.
package struct PlanBuilder: Sendable {
  package let entries: [WatchEntry]
  private let limits: [String: RegistryLimits]

  /// - Parameter limits: those of a registry.
  package init(entries: [WatchEntry], limits: (_ domain: String) -> RegistryLimits) {
    self.entries = entries
    let domains = entries.domains
    self.limits = Dictionary(uniqueKeysWithValues: domains.map { ($0, limits($0)) })
  }

  /// - Parameters:
  ///   - snapshots: the current snapshot of each tag, by the tag's row.
  ///   - isSinglePass: `check` polls every tag once, now, whatever its next check was.
  package func core(
    records: [TagRecord], snapshots: [TagID: SnapshotID], seed: UInt64, now: Moment, isSinglePass: Bool = false
  ) -> PollCore {
    var plan = PollPlan(seed: seed, origin: now.boot - now.wall.milliseconds)
    var slots: [TagSlot] = []
    slots.reserveCapacity(entries.count)
    for (entry, record) in zip(entries, records) {
      let slot = TagSlot(
        entry: entry, id: record.id, snapshot: snapshots[record.id], state: record.state, now: now)
      add(slots.count, slot, to: &plan, at: now, isSinglePass: isSinglePass)
      slots.append(slot)
    }
    return PollCore(slots: slots, plan: plan, isSinglePass: isSinglePass, random: SplitMix64())
  }

  /// Gives a tag its place in the plan: where it was, if it has been checked before.
  func add(_ index: Int, _ slot: TagSlot, to plan: inout PollPlan, at now: Moment, isSinglePass: Bool = false) {
    let registry = setRegistry(of: slot.entry, in: &plan)
    plan.add(
      index, name: slot.entry.tag.description, registry: registry, intervalSeconds: slot.entry.intervalSeconds,
      resume: isSinglePass ? .never : resume(slot, now))
  }

  /// - Returns: the registry's index in the plan.
  @discardableResult
  func setRegistry(of entry: WatchEntry, in plan: inout PollPlan) -> Int {
    let domain = entry.tag.domain
    // Of every domain that an entry has; one at a time would be right for any other.
    let limits = limits[domain] ?? RegistryLimits(concurrency: 1)
    return plan.setRegistry(
      domain, maxConcurrency: limits.concurrency, requestsPerSecond: limits.requestsPerSecond)
  }

  private func resume(_ slot: TagSlot, _ now: Moment) -> Resume {
    StoredDue.resume(
      nextCheckWall: slot.nextCheck, nowWall: now.wall, nowBoot: now.boot,
      intervalSeconds: slot.entry.intervalSeconds, failures: slot.reachability.failures)
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
