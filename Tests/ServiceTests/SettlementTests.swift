import Delivery
import History
import TestSupport
import Testing

@testable import Service

/// What attempts say of a sink.
@Suite struct SettlementTests {
  private func refused(attempts: Int, next: NextAttempt) -> SinkAttempts {
    let item = OutboxItem(sequence: 1, eventID: "e", tag: 1, body: [], attempts: attempts)
    return SinkAttempts([.refused(item, Refusal(isTooMany: true, asked: nil), error: "answered 429", next: next)])
  }

  /// Whoever is sent too much and does not say for how long is asked again; only then something is wrong.
  @Test func toBeToldOnceThatItIsTooMuchIsNoFailure() {
    let failure = SinkFailure(.refused, "answered 429")
    for first in [refused(attempts: 0, next: .after(.seconds(5))), refused(attempts: 7, next: .withSink)] {
      #expect(first.refusal == failure && first.failure == nil && !first.endsWell)
    }
    for again in [refused(attempts: 1, next: .after(.seconds(5))), refused(attempts: 0, next: .byHand)] {
      #expect(again.failure == failure && again.refusal == nil && !again.endsWell)
    }
  }
}
