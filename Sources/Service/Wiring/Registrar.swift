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

  /// Makes `entries` the effective watchlist and returns the core that polls them.
  func watch(
    _ entries: [WatchEntry], _ config: WatchConfig, now: Moment, isSinglePass: Bool = false
  ) async throws -> PollCore {
    try await core(entries, config, now, isSinglePass, Self.registration(of: entries, config))
  }

  /// Enters the sinks of a configuration.
  func enterSinks(_ config: WatchConfig) async throws {
    try await writer.transaction { [sinks = config.sinkDefinitions] in try $0.registerSinks(sinks) }
  }

  /// The core that polls `entries` once; what is watched stays as it is. Their sinks have been entered.
  func check(_ entries: [WatchEntry], _ config: WatchConfig, now: Moment) async throws -> PollCore {
    try await core(entries, config, now, true) { store in
      try store.respell(WrittenReference.respelled)
      let records = try entries.map { try store.ensureTag($0.tag, selection: $0.selection) }
      return (records, try store.currentSnapshots(of: records.map(\.id)))
    }
  }

  static func registration(of entries: [WatchEntry], _ config: WatchConfig) -> PollEngine.Registration {
    let sinks = config.sinkDefinitions
    let registries = config.registryNotes
    return { store in
      try store.recordRegistries(registries)
      try store.registerSinks(sinks)
      try store.respell(WrittenReference.respelled)
      return try store.register(entries)
    }
  }

  private func core(
    _ entries: [WatchEntry], _ config: WatchConfig, _ now: Moment, _ isSinglePass: Bool,
    _ register: @escaping PollEngine.Registration
  ) async throws -> PollCore {
    let (records, snapshots) = try await writer.transaction(register)
    return config.planBuilder(for: entries).core(
      records: records, snapshots: snapshots, seed: SpreadHash.hash(writer.instance), now: now,
      isSinglePass: isSinglePass)
  }
}

extension WatchConfig {
  /// - Parameter entries: the watchlist, which may be kept apart from the configuration.
  func planBuilder(for entries: [WatchEntry]) -> PlanBuilder {
    PlanBuilder(entries: entries) { RegistryAccessMap.limits(of: $0, registries[$0]) }
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
