import Config
import Drift
import History
import ImageModel
import Schedule

/// Makes the plan and the slots of a watchlist from what the store knows of its tags.
struct Watchlist {
  /// Requests at once to a registry where the configuration does not say: many to oneself, few to others.
  static func concurrency(of domain: String, _ settings: RegistrySettings?) -> Int {
    settings?.maxConcurrency ?? (LoopbackHost.isLoopback(domain) ? 64 : 4)
  }

  let entries: [WatchEntry]
  let registries: [String: RegistrySettings]

  /// - Parameters:
  ///   - snapshots: the current snapshot of each tag, by the tag's row.
  ///   - isSinglePass: `check` polls every tag once, now, whatever its next check was.
  func core(
    records: [TagRecord], snapshots: [Int64: Int64], seed: UInt64, now: Moment, isSinglePass: Bool = false
  ) -> PollCore {
    var plan = PollPlan(seed: seed, origin: now.boot - now.wall.milliseconds)
    var slots: [TagSlot] = []
    slots.reserveCapacity(entries.count)
    for (index, (entry, record)) in zip(entries, records).enumerated() {
      let registry = plan.setRegistry(
        entry.tag.domain, maxConcurrency: Self.concurrency(of: entry.tag.domain, registries[entry.tag.domain]))
      plan.add(
        index, name: entry.tag.description, registry: registry, intervalSeconds: entry.intervalSeconds,
        resume: isSinglePass ? .never : resume(record.state, entry, now))
      slots.append(
        TagSlot(entry: entry, id: record.id, snapshot: snapshots[record.id], state: record.state, now: now.wall))
    }
    return PollCore(slots: slots, plan: plan, isSinglePass: isSinglePass, random: Jitter())
  }

  private func resume(_ state: TagState, _ entry: WatchEntry, _ now: Moment) -> Resume {
    guard let next = state.nextCheck else { return .never }
    return StoredDue.resume(
      nextCheckWall: next, nowWall: now.wall, nowBoot: now.boot, intervalSeconds: entry.intervalSeconds,
      failures: state.failures)
  }
}
