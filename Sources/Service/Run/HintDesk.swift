import ImageModel
import Polling

/// Hands hints to the engine. For hints the watchlist is looked through: for all that wait in one go, and for no more
/// than a tenth of the engine's time.
actor HintDesk {
  private let engine: PollEngine
  private var waiting: [(hints: [Set<HintedImage>], continuation: CheckedContinuation<[Int], Never>)] = []
  private var isLooking = false

  init(_ engine: PollEngine) { self.engine = engine }

  /// - Returns: for each hint how many tags are watched of what it names.
  func take(_ hints: [Set<HintedImage>]) async -> [Int] {
    guard hints.contains(where: { !$0.isEmpty }) else { return hints.map { _ in 0 } }
    return await withCheckedContinuation { continuation in
      waiting.append((hints, continuation))
      guard !isLooking else { return }
      isLooking = true
      Task { await lookThrough() }
    }
  }

  private func lookThrough() async {
    while !waiting.isEmpty {
      let batch = waiting
      waiting = []
      var (counts, took) = await engine.hint(batch.flatMap(\.hints))
      for (hints, continuation) in batch {
        continuation.resume(returning: Array(counts.prefix(hints.count)))
        counts.removeFirst(hints.count)
      }
      try? await Task.sleep(for: took * 9)
    }
    isLooking = false
  }
}
