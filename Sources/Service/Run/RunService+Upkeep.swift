import Config
import History
import Host
import ImageModel
import Logging
import Polling
import Registry

extension RunService {
  private static let tidyIntervalSeconds = 15

  func pruneHourly() async {
    var hours = 0
    while !Task.isCancelled {
      do {
        _ = try await prune()
      } catch {
        // What could not be done now is done in an hour; recording meets the same error and deals with it.
        log.warning("prune_failed", metadata: ["err": "\(error)"])
      }
      if hours == 1, agreedTime.newest == nil {
        log.warning(
          "clock_unconfirmed",
          metadata: [
            "note": "no registry's date agrees with this machine's clock: what is old is counted from when one last did"
          ])
      }
      hours += 1
      try? await Task.sleep(for: .seconds(Limits.pruneSeconds))
    }
  }

  func prune() async throws -> Pruned {
    try await keepAgreedTime()
    agreedTime.want()
    let pruned = try await Pruning.run(config.value.retention, store.writer)
    guard pruned != Pruned() else { return pruned }
    log.info(
      "pruned",
      metadata: [
        "snapshots": "\(pruned.snapshots)", "events": "\(pruned.events)", "documents": "\(pruned.documents)",
        "deliveries": "\(pruned.deliveries)",
      ])
    return pruned
  }

  /// For the next start, and for `db prune` without a daemon.
  func keepAgreedTime() async throws {
    guard let time = agreedTime.newest, time != keptTime else { return }
    try await store.writer.transaction { try $0.recordAgreedTime(time) }
    keptTime = time
  }

  /// Says in the database until when registries are left alone.
  func keepRests(of engine: PollEngine, _ kept: inout [String: Timestamp]?) async {
    let now = Moment.now()
    let rests = await engine.pauses.mapValues { now.wall(at: $0).rounded }
    guard rests != kept else { return }
    do {
      try await store.writer.transaction { try $0.recordRests(rests) }
      kept = rests
    } catch {
      // The next turn tries again.
    }
  }

  /// Says in the database what registries have shown of themselves.
  private func keepReports(_ kept: inout [RegistryReport]) async {
    let reports = reports.filter(\.isTelling).sorted { $0.name < $1.name }
    guard reports != kept else { return }
    do {
      try await store.writer.transaction { try $0.recordReports(reports) }
      kept = reports
    } catch {
      // The next turn tries again.
    }
  }

  /// Whether sinks could be sent something; apart from the rest, for one may take its time.
  func lookAtSinks() async {
    repeat {
      await deliveries.look()
    } while (try? await Task.sleep(for: .seconds(Self.tidyIntervalSeconds))) != nil
  }

  /// Keeps rests as they are asked for: a crash must not end one.
  func keepRests(of engine: PollEngine) async {
    var rests: [String: Timestamp]? = [:]
    while (try? await Task.sleep(for: .seconds(1))) != nil { await keepRests(of: engine, &rests) }
  }

  /// Small things that are looked after four times a minute.
  func tidy(_ engine: PollEngine) async {
    var isInPlace = true
    var reports: [RegistryReport] = []
    while (try? await Task.sleep(for: .seconds(Self.tidyIntervalSeconds))) != nil {
      SpareMemory.giveBack()
      try? await keepAgreedTime()
      await keepReports(&reports)
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

extension Timestamp {
  /// To the second, so that two readings of one boot time are the same.
  fileprivate var rounded: Timestamp { Timestamp(milliseconds: (milliseconds + 500) / 1_000 * 1_000) }
}
