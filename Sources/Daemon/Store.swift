import Config
import History
import ImageModel
import Schedule

/// A database opened for writing, with the configuration's tags and sinks entered in it.
struct Store: Sendable {
  let writer: HistoryWriter

  init(opening path: String) throws(StoreError) { writer = try HistoryWriter.open(path) }

  /// Makes `entries` the effective watchlist and returns the core that polls them.
  func watch(
    _ entries: [WatchEntry], _ config: WatchConfig, now: Moment, isSinglePass: Bool = false
  ) async throws -> PollCore {
    let watched = entries.map {
      WatchedTag(tag: $0.tag, selection: $0.selection, intervalSeconds: $0.intervalSeconds)
    }
    return try await core(entries, config, now, isSinglePass) { try $0.registerTags(watched) }
  }

  /// The core that polls `entries` once; what is watched stays as it is.
  func check(_ entries: [WatchEntry], _ config: WatchConfig, now: Moment) async throws -> PollCore {
    try await core(entries, config, now, true) { store in
      try entries.map { try store.ensureTag($0.tag, selection: $0.selection) }
    }
  }

  private func core(
    _ entries: [WatchEntry], _ config: WatchConfig, _ now: Moment, _ isSinglePass: Bool,
    _ register: @escaping @Sendable (HistoryTransaction) throws -> [TagRecord]
  ) async throws -> PollCore {
    let sinks = config.sinks.map {
      SinkDefinition(name: $0.name, type: $0.kind.typeName, fingerprint: $0.kind.fingerprint)
    }
    let (records, snapshots) = try await writer.transaction { store in
      try store.registerSinks(sinks)
      return (try register(store), try store.currentSnapshots())
    }
    return Watchlist(entries: entries, registries: config.registries).core(
      records: records, snapshots: snapshots, seed: SpreadHash.hash(writer.instance), now: now,
      isSinglePass: isSinglePass)
  }
}

extension SinkSettings.Kind {
  public var typeName: String {
    switch self {
    case .stdout: "stdout"
    case .file: "file"
    case .webhook: "webhook"
    }
  }

  /// Stands for the definition without its secrets: a sink that was given up is tried again when this changes.
  var fingerprint: String {
    switch self {
    case .stdout: "stdout"
    case .file(let path): path
    case .webhook(let settings): String(SpreadHash.hash(settings.definition), radix: 16)
    }
  }
}

extension WebhookSettings {
  /// All that decides where a request goes and how it is taken there; not how often and how many.
  fileprivate var definition: String {
    var parts = [url, contentType ?? "", network.rawValue, "\(allowHTTP)"]
    parts += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    parts += headerFiles.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.definition)" }
    parts += [secretFile, secretPreviousFile].map { $0?.definition ?? "" }
    return parts.joined(separator: "\n")
  }
}

extension SecretFile {
  fileprivate var definition: String {
    switch self {
    case .path(let path): "path \(path)"
    case .credential(let id): "credential \(id)"
    }
  }
}
