package import ImageModel

// Tests write them as the numbers that they are.

extension RowID {
  package init(_ number: Int) { self.init(rawValue: Int64(number)) }
}

extension TagID: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(rawValue: value) }
}

extension SnapshotID: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(rawValue: value) }
}

extension EventSequence: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(rawValue: value) }
}

extension BootTime: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(milliseconds: value) }
}
