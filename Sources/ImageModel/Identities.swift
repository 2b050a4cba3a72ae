/// The number of a row in the store.
package protocol RowID: RawRepresentable<Int64>, Hashable, Comparable, Sendable, CustomStringConvertible {
  init(rawValue: Int64)
}

extension RowID {
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  package var description: String { String(rawValue) }

  /// Before every row.
  package static var lowest: Self { Self(rawValue: .min) }
}

/// A tag's row.
package struct TagID: RowID {
  package let rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A recorded state's row. Of one tag, what was recorded later has the higher one.
package struct SnapshotID: RowID {
  package let rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// An event's row, and its place in the order of recording: from 1, rising, never used twice. It is what people are
/// shown, and what `events --after` takes. Source: docs/reference.md, The event.
package struct EventSequence: RowID {
  package let rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }

  /// Before every event.
  package static let zero = EventSequence(rawValue: 0)
}
