import Config
import History
import Host
import Logging

/// What the log says of the start.
extension RunService {
  /// - Parameter path: of the configuration, absolute.
  func sayStarted(_ path: String, tags: Int) {
    let config = config.value
    var metadata: Logger.Metadata = [
      "version": "\(ProductInfo.version)", "config": "\(path)", "database": "\(store.writer.path)",
      "tags": "\(tags)", "sinks": "\(config.sinks.count)",
    ]
    if !config.repositories.isEmpty { metadata["repositories"] = "\(config.repositories.count)" }
    if tags == 0, config.repositories.isEmpty {
      metadata["note"] = "nothing is watched: name tags in \"watch\" and reload"
    }
    log.info("started", metadata: metadata)
  }

  func sayCreated() {
    log.warning(
      "database_created",
      metadata: [
        "database": "\(store.writer.path)",
        "note": "it is empty: what its tags are now is recorded as first seen; what changed before is not told",
      ])
  }
}
