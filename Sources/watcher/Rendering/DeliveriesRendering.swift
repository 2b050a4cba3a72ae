import History
import ImageModel
import Questions

/// The outbox, for people.
struct DeliveriesRendering {
  let deliveries: [StoredDelivery]
  let now: Timestamp

  /// A row per delivery, and below it what does not fit a column.
  func text(_ format: TextFormat) -> String {
    guard !deliveries.isEmpty else { return "there are no such deliveries\n" }
    var table = TextTable([
      .init("EVENT", isRight: true), "SINK", "STATE", .init("ATTEMPTS", isRight: true),
      .init("NEXT ATTEMPT (\(format.times.zone))"),
    ])
    table.rows = deliveries.map { delivery in
      [
        .init(delivery.sequence.description), .init(delivery.sink.shown, .strong),
        .init(delivery.state.rawValue, delivery.state.paint), .init(String(delivery.attempts)),
        .init(nextAttempt(delivery, format)),
      ]
    }
    let lines = table.lines(format.style)
    let all = [lines[0]] + zip(lines.dropFirst(), deliveries).flatMap { [$0] + details($1, format) }
    return all.map { $0 + "\n" }.joined()
  }

  private func nextAttempt(_ delivery: StoredDelivery, _ format: TextFormat) -> String {
    guard delivery.state == .waiting else { return "-" }
    guard delivery.sinkState == .ok else { return "sink \(delivery.sinkState.rawValue)" }
    guard let next = delivery.nextAttempt, next > now else { return "due" }
    return format.times(next)
  }

  private func details(_ delivery: StoredDelivery, _ format: TextFormat) -> [String] {
    var items = [delivery.type.words, delivery.tag?.familiar.shown, "id \(delivery.eventID.shown)"].compactMap(\.self)
    if let delivered = delivery.delivered { items.append("delivered \(format.times(delivered))") }
    let error = Lines.of(delivery.lastError?.safe() ?? "", width: format.width)
    return Lines.of(items: items, width: format.width) + error.map { format.style.paint($0, .bad) }
  }
}

extension DeliveryState {
  fileprivate var paint: Style.Paint {
    switch self {
    case .waiting: .notable
    case .failed: .bad
    case .delivered: .good
    }
  }
}
