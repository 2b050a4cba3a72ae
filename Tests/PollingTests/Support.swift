import ImageModel
import Recording

@testable import History
@testable import Polling

/// 1 October 2026.
let epoch: Int64 = 1_790_812_800_000

/// So long after both clocks of a test began: the boot clock at zero, the wall clock at `epoch`.
func moment(milliseconds: Int64) -> Moment {
  Moment(boot: BootTime(milliseconds: milliseconds), wall: Timestamp(milliseconds: epoch + milliseconds))
}

func moment(_ seconds: some BinaryInteger) -> Moment { moment(milliseconds: Int64(seconds) * 1_000) }

extension SimulatedWorld {
  /// What a tag names of which nothing else matters.
  static func anImage() -> TagSnapshot {
    var world = SimulatedWorld(tags: 1)
    return world.snapshot(0)
  }
}

extension HistoryTransaction {
  /// Enters a watchlist and sinks of these names.
  func register(_ entries: [WatchEntry], sinks: [String]) throws -> PollEngine.Registered {
    try registerSinks(sinks.map { SinkDefinition(name: $0, type: "stdout", fingerprint: "") })
    return try register(entries)
  }
}

extension HistoryWriter {
  /// The core of a watchlist that is entered together with its sinks, `out` by default.
  func core(
    _ entries: [WatchEntry], sinks: [String] = ["out"], concurrency: Int = 4, seed: UInt64 = 1, at now: Moment,
    isSinglePass: Bool = false
  ) throws -> PollCore {
    PlanBuilder(entries: entries) { _ in RegistryLimits(concurrency: concurrency) }.core(
      try transactionSync { try $0.register(entries, sinks: sinks) }, seed: seed, now: now,
      pass: isSinglePass ? .tags : nil)
  }
}

extension PollCore {
  /// Polls to start now.
  mutating func due(at now: Moment) -> [PollJob] { work(at: now).polls }
}
