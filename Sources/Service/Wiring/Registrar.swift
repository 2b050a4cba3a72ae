import Config
import History
import ImageModel
import Polling
import Recording
import Schedule

/// Opens a database for writing, and enters the tags and sinks of a configuration in it.
struct Registrar: Sendable {
  let writer: HistoryWriter

  init(opening path: String) throws(StoreError) { writer = try HistoryWriter.open(path) }

  /// Makes `entries`, and what the repositories of the configuration give, the effective watchlist.
  ///
  /// - Returns: the core that polls all of it.
  func watch(
    _ entries: [WatchEntry], _ config: WatchConfig, now: Moment, pass: SinglePass.Part? = nil
  ) async throws -> PollCore {
    try await core(entries, config, now, pass, Self.registration(of: entries, config))
  }

  /// Enters the sinks of a configuration.
  func enterSinks(_ config: WatchConfig) async throws {
    try await writer.transaction { [sinks = config.sinkDefinitions] in try $0.registerSinks(sinks) }
  }

  /// The core that polls tags once. Those of the watchlist are watched from then on; what else is watched stays so.
  /// Their sinks have been entered.
  func check(_ tags: [TagReference], _ config: WatchConfig, now: Moment) async throws -> PollCore {
    let entries = tags.map(config.entry)
    return try await core(entries, config, now, .tags) { store in
      try store.respell(WrittenReference.respelled)
      let entries = try entries.map { entry in
        let isGiven = try store.tag(entry.tag)?.isGiven == true
        return isGiven ? config.repositories.entry(entry.tag) ?? entry : entry
      }
      let records = try entries.map { entry in
        try entry.isListed ? store.watch(entry.watchedTag) : store.ensureTag(entry.tag, selection: entry.selection)
      }
      return PollEngine.Registered(
        entries: entries, records: records, snapshots: try store.currentSnapshots(of: records.map(\.id)))
    }
  }

  static func registration(of entries: [WatchEntry], _ config: WatchConfig) -> PollEngine.Registration {
    let (sinks, repositories) = (config.sinkDefinitions, config.repositories)
    let registries = config.registryNotes
    return { store in
      try store.recordRegistries(registries)
      try store.registerSinks(sinks)
      try store.respell(WrittenReference.respelled)
      return try store.register(entries, repositories)
    }
  }

  private func core(
    _ entries: [WatchEntry], _ config: WatchConfig, _ now: Moment, _ pass: SinglePass.Part?,
    _ register: @escaping PollEngine.Registration
  ) async throws -> PollCore {
    config.planBuilder(for: entries).core(
      try await writer.transaction(register), seed: SpreadHash.hash(writer.instance), now: now, pass: pass)
  }
}

extension [RepositoryEntry] {
  /// How a tag is watched that one of them gives.
  fileprivate func entry(_ tag: TagReference) -> WatchEntry? {
    first { $0.repository == tag.repository }?.entry(tag.tag)
  }
}

extension WatchConfig {
  /// - Parameter entries: the watchlist, which may be kept apart from the configuration.
  func planBuilder(for entries: [WatchEntry]) -> PlanBuilder {
    PlanBuilder(entries: entries, repositories: repositories) { RegistryAccessMap.limits(of: $0, registries[$0]) }
  }

  /// How a tag is polled: as the watchlist says, or by `defaults`.
  func entry(for tag: TagReference) -> WatchEntry {
    watch.first { $0.tag == tag }
      ?? WatchEntry(
        tag: tag, pinned: nil, intervalSeconds: defaults.intervalSeconds, selection: defaults.selection,
        sinks: defaults.sinks, unreachableAfterSeconds: defaults.unreachableAfterSeconds, labels: [:], line: 0)
  }

  /// Records for the sinks that are configured here.
  var recording: PollEngine.Recording {
    Recorder(sinks.map { Recorder.Subscriber(sink: $0.name, events: $0.events) }).record
  }

  fileprivate var sinkDefinitions: [SinkDefinition] { sinks.map(\.definition) }
}
