import Drift
import History
import ImageModel
import Registry
import Schedule

/// Repositories of which tags are watched: their lists are things of the plan as the polls of tags are.
extension PollCore {
  /// Takes other repositories over, after the tags. One that stays keeps its place in the plan, and is listed at once
  /// if other tags of it are wanted.
  mutating func list(
    _ repositories: [(entry: RepositoryEntry, state: ListingState)], _ builder: PlanBuilder, at now: Moment
  ) {
    var leaving = Dictionary(uniqueKeysWithValues: listings.map { ($0.value.entry.repository, $0.key) })
    for (entry, state) in repositories {
      let registry = builder.setRegistry(entry.repository.domain, in: &plan)
      let known = leaving.removeValue(forKey: entry.repository)
      let index = known ?? place(.vacant)
      let before = listings[index]
      var slot = ListingSlot(entry: entry, state: before?.state ?? state)
      if let before, before.entry.tags != entry.tags { slot.state.nextListing = nil }
      listings[index] = slot
      if before?.entry.intervalSeconds != entry.intervalSeconds {
        plan.add(
          index, name: entry.repository.description, registry: registry, intervalSeconds: entry.intervalSeconds,
          resume: isSinglePass ? .never : slot.resume(at: now))
      } else if slot.state.nextListing == nil {
        plan.hasten(index, at: now.boot)
      }
    }
    for index in leaving.values {
      listings[index] = nil
      leave(index)
    }
    guard !listings.isEmpty else { return }
    let indexes = Dictionary(uniqueKeysWithValues: listings.map { ($0.value.entry.repository, $0.key) })
    for index in slots.indices
    where slots[index].entry.isGiven && listings[index] == nil && (pass == .lists || isTag(index)) {
      let tag = slots[index].entry.tag
      if let listing = indexes[tag.repository] { listings[listing]?.given[tag.tag] = index }
    }
  }

  /// Takes what listing a repository came to: frees its place in the plan, and says what must be recorded; `nil` where
  /// it is not watched any more, or other tags of it are wanted than were asked for.
  package mutating func finished(_ job: ListJob, _ result: ListResult, at now: Moment) -> ListRequest? {
    let next = plan.finish(
      job.index, result.planned, spending: result.spending, at: now.boot, random: &random)
    guard plan.contains(job.index), var slot = listings[job.index] else {
      free.append(job.index)
      return nil
    }
    guard slot.entry.tags == job.entry.tags else {
      plan.hasten(job.index, at: now.boot)
      return nil
    }
    if isSinglePass { plan.remove(job.index) }
    againIfHinted(job.index, at: now)
    slot.state.nextListing = now.wall(at: next)
    var arriving: [WatchEntry] = []
    var leaving: [TagReference: TagID] = [:]
    switch result.outcome {
    case .success(let listing):
      slot.state.succeeded(at: now.wall, listed: listing.listed, fitting: listing.fitting)
      let wanted = Set(listing.picked).union(vanished(listing.absent, of: slot))
      arriving = listing.picked.filter { slot.given[$0] == nil }.map(slot.entry.entry)
      for (tag, index) in slot.given where !wanted.contains(tag) {
        leaving[slot.entry.repository.tag(tag)] = slots[index].id
      }
    case .failure(let failure): slot.state.failed(failure, at: now.wall)
    }
    listings[job.index] = slot
    return ListRequest(
      index: job.index, repository: slot.entry.repository, state: slot.state, arriving: arriving, leaving: leaving)
  }

  /// Tags that are not in the list any more and are watched on, until it is sure that they are deleted. As many as fit
  /// from a list: a registry that names others each time must not have all of them watched.
  private func vanished(_ absent: Set<String>, of slot: ListingSlot) -> [String] {
    var picker = TagPicker(TagSelection(maxTags: slot.entry.tags.maxTags))
    for tag in absent {
      guard let index = slot.given[tag], slots[index].reachability.state != .deleted else { continue }
      picker.add(tag)
    }
    return picker.picked()
  }

  /// Takes in what was written of a list.
  ///
  /// - Returns: the slots of the tags that have left.
  package mutating func recorded(_ record: ListRecord, at now: Moment) -> Set<Int> {
    let listing = record.request.index
    guard pass == nil, listings[listing]?.entry.repository == record.repository else { return [] }
    var left: Set<Int> = []
    for tag in record.departures {
      guard let index = listings[listing]?.given.removeValue(forKey: tag.tag) else { continue }
      leave(index)
      left.insert(index)
    }
    if !record.arrived.isEmpty { hints.changed(listing) }
    for (entry, row, snapshot) in record.arrived {
      let slot = TagSlot(entry: entry, id: row.id, snapshot: snapshot, state: row.state, now: now)
      let index = place(slot)
      plan.add(
        index, name: entry.tag.description, registry: plan.registry(of: listing),
        intervalSeconds: entry.intervalSeconds, resume: slot.lastChecked == nil ? .never : slot.resume(at: now))
      listings[listing]?.given[entry.tag.tag] = index
    }
    return left
  }

  /// How many repositories there are, by how listing them goes.
  var repositories: [RepositoryRecord.Word: Int] {
    listings.values.reduce(into: [:]) { counts, slot in
      let record = RepositoryRecord(repository: slot.entry.repository, tags: slot.given.count, state: slot.state)
      counts[record.word, default: 0] += 1
    }
  }

  /// Has a repository listed at once.
  mutating func relist(_ index: Int, at now: Moment) {
    if listings[index] != nil { plan.hasten(index, at: now.boot) }
  }
}

extension ListResult {
  fileprivate var planned: PollOutcome {
    switch outcome {
    case .success: .success
    case .failure(let failure): PollOutcome(failure)
    }
  }

  /// Whether the registry asks to be left alone.
  var isThrottled: Bool {
    if case .throttled = planned { true } else { false }
  }

  var isFailure: Bool {
    if case .failure = outcome { true } else { false }
  }
}
