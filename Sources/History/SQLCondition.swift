import GRDB

/// What rows must fulfil: terms joined by AND, with the values of their placeholders.
struct SQLCondition {
  private(set) var sql = "TRUE"
  private(set) var arguments = StatementArguments()

  mutating func and(_ term: String, _ values: StatementArguments = []) {
    sql += " AND \(term)"
    arguments += values
  }

  mutating func and(_ column: String, in values: [some DatabaseValueConvertible]) {
    and("\(column) IN (\(Self.placeholders(values.count)))", StatementArguments(values))
  }

  static func placeholders(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
