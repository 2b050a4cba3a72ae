import GRDB
import ImageModel

extension DeliveryQuery {
  /// About `d`, a row of `delivery`.
  var condition: SQLCondition {
    var condition = SQLCondition()
    condition.and("d.state", in: states.map(\.rawValue))
    if !events.isEmpty {
      let ids = events.compactMap { if case .id(let id) = $0 { id } else { nil } }
      let sequences = events.compactMap { if case .sequence(let sequence) = $0 { sequence } else { nil } }
      condition.and(
        """
        d.event_sequence IN (
          SELECT sequence FROM event WHERE id IN (\(SQLCondition.placeholders(ids.count)))
            OR sequence IN (\(SQLCondition.placeholders(sequences.count))))
        """,
        StatementArguments(ids) + StatementArguments(sequences))
    }
    if !sinks.isEmpty { condition.and("d.sink", in: sinks) }
    if let since {
      let recorded = "SELECT \(EventQuery.recordedMilliseconds) FROM event e WHERE e.sequence = d.event_sequence"
      condition.and("(\(recorded)) >= ?", [since.milliseconds])
    }
    return condition
  }
}
