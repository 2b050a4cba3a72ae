import History
import ImageModel
import Logging

extension RunService {
  private static let pruneIntervalSeconds = 3_600
  private static let tidyIntervalSeconds = 15

  func pruneHourly() async {
    while !Task.isCancelled {
      do {
        _ = try await prune()
      } catch {
        // What could not be done now is done in an hour; recording meets the same error and deals with it.
        log.warning("prune_failed", metadata: ["err": "\(error)"])
      }
      try? await Task.sleep(for: .seconds(Self.pruneIntervalSeconds))
    }
  }

  func prune() async throws -> Pruned {
    let pruned = try await Pruning.run(config.retention, store.writer)
    guard pruned != Pruned() else { return pruned }
    log.info(
      "pruned",
      metadata: [
        "snapshots": "\(pruned.snapshots)", "events": "\(pruned.events)", "documents": "\(pruned.documents)",
        "deliveries": "\(pruned.deliveries)",
      ])
    return pruned
  }

  /// Small things that are looked after four times a minute.
  func tidy() async {
    var isInPlace = true
    while (try? await Task.sleep(for: .seconds(Self.tidyIntervalSeconds))) != nil {
      SpareMemory.giveBack()
      if isInPlace, !store.writer.isInPlace {
        log.error(
          "database_gone",
          metadata: ["database": "\(store.writer.path)", "note": "what is recorded ends with this process"])
      }
      isInPlace = store.writer.isInPlace
      guard let step = steps.look(at: .now()) else { continue }
      // Where it cannot be done, nothing is later than the longest wait of its sink.
      try? await store.writer.transaction { try $0.moveAttempts(by: step) }
      await deliveries.readAgain()
    }
  }
}
