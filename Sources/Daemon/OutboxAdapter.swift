import Delivery
import History
import ImageModel

/// The outbox table as the delivery workers see it.
struct OutboxAdapter: Outbox {
  let writer: HistoryWriter
  let clock: @Sendable () -> Moment
  /// Told when the store refuses for good.
  let onFailure: @Sendable (StoreError) -> Void

  func waiting(sink: String, limit: Int) async throws -> [OutboxItem] {
    let now = clock().wall
    return try await transaction { store in
      try store.waiting(sink: sink, after: 0, now: now, limit: limit).map {
        OutboxItem(sequence: $0.sequence, tag: $0.tagID, body: $0.body, attempts: $0.attempts)
      }
    }
  }

  func settle(sink: String, _ results: [DeliveryResult]) async throws {
    let now = clock().wall
    try await transaction { store in
      var delivered: [Int64] = []
      for result in results {
        switch result {
        case .delivered(let sequence): delivered.append(sequence)
        case .failed(let item, let error):
          // The worker paces itself while a sink fails; the row says only that it still waits, and why. It is
          // due at once, whatever the clock does.
          try store.settleFailed(
            sink: sink, sequence: item.sequence, attempts: item.attempts + 1, error: error,
            .retry(at: Timestamp(milliseconds: 0)))
        }
      }
      try store.settleDelivered(sink: sink, sequences: delivered, at: now)
    }
  }

  private func transaction<T: Sendable>(
    _ body: @escaping @Sendable (HistoryTransaction) throws -> T
  ) async throws -> T {
    do {
      return try await writer.transaction(body)
    } catch let error as StoreError where !error.isTransient {
      onFailure(error)
      throw error
    }
  }
}
