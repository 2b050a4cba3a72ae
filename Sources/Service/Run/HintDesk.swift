import ImageModel
import Polling

/// Hands hints to the engine. For hints the watchlist is looked through: for all that wait in one go, and for no more
/// than a tenth of the engine's time.
actor HintDesk {
  private let engine: PollEngine
  private var waiting: [(images: Set<HintedImage>, continuation: CheckedContinuation<Int, Never>)] = []
  private var isLooking = false

  init(_ engine: PollEngine) { self.engine = engine }

  /// - Returns: how many tags are watched of what is named.
  func take(_ images: Set<HintedImage>) async -> Int {
    guard !images.isEmpty else { return 0 }
    return await withCheckedContinuation { continuation in
      waiting.append((images, continuation))
      guard !isLooking else { return }
      isLooking = true
      Task { await lookThrough() }
    }
  }

  private func lookThrough() async {
    while !waiting.isEmpty {
      let batch = waiting
      waiting = []
      let (counts, took) = await engine.hint(batch.map(\.images))
      for (hint, count) in zip(batch, counts) { hint.continuation.resume(returning: count) }
      try? await Task.sleep(for: took * 9)
    }
    isLooking = false
  }
}
