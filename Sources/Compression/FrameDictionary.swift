import CZstd

/// What a frame is compressed against, and names by its number. One never changes: frames that are stored need it as it
/// was. Another one joins those that are here, in a version of the schema of its own, so that an older watcher does not
/// meet frames that it cannot read. Source: docs/store.md, Frames.
package enum FrameDictionary: UInt32, CaseIterable, Sendable {
  // Numbers below 32,768 are for others to give. Source: zstd `doc/zstd_compression_format.md`, Dictionary_ID.
  /// Indexes and manifests.
  case manifests = 40_001
  case configs = 40_002
  case events = 40_003

  package var bytes: UnsafeRawBufferPointer {
    let dictionary = czstd
    return UnsafeRawBufferPointer(start: dictionary.bytes, count: dictionary.count)
  }

  private var czstd: czstd_dictionary {
    switch self {
    case .manifests: czstd_manifests_1
    case .configs: czstd_configs_1
    case .events: czstd_events_1
    }
  }
}

extension FrameDictionary {
  /// As libzstd compresses with it. Made when it is first wanted, and never changed: any thread may use it at any time.
  var forWriting: OpaquePointer? {
    switch self {
    case .manifests: Self.manifestsForWriting
    case .configs: Self.configsForWriting
    case .events: Self.eventsForWriting
    }
  }

  /// The same for reading.
  var forReading: OpaquePointer? {
    switch self {
    case .manifests: Self.manifestsForReading
    case .configs: Self.configsForReading
    case .events: Self.eventsForReading
    }
  }

  nonisolated(unsafe) private static let manifestsForWriting = manifests.digestedForWriting
  nonisolated(unsafe) private static let configsForWriting = configs.digestedForWriting
  nonisolated(unsafe) private static let eventsForWriting = events.digestedForWriting
  nonisolated(unsafe) private static let manifestsForReading = manifests.digestedForReading
  nonisolated(unsafe) private static let configsForReading = configs.digestedForReading
  nonisolated(unsafe) private static let eventsForReading = events.digestedForReading

  private var digestedForWriting: OpaquePointer? { ZSTD_createCDict(bytes.baseAddress, bytes.count, Frame.level) }

  private var digestedForReading: OpaquePointer? { ZSTD_createDDict(bytes.baseAddress, bytes.count) }
}
