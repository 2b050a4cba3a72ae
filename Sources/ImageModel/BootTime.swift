/// A point on the clock that plans run on: milliseconds since the machine was started, those asleep included.
///
/// Nobody sets it, so it is for waiting and ordering; it means nothing after the next start of the machine. Wall-clock
/// time is a `Timestamp`. Spans are milliseconds. Source: docs/store.md, Clocks.
package struct BootTime: Hashable, Comparable, Sendable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static let distantPast = BootTime(milliseconds: .min)
  package static let distantFuture = BootTime(milliseconds: .max)

  package static func < (a: BootTime, b: BootTime) -> Bool { a.milliseconds < b.milliseconds }

  package static func + (time: BootTime, span: Int64) -> BootTime {
    BootTime(milliseconds: time.milliseconds + span)
  }

  package static func - (time: BootTime, span: Int64) -> BootTime {
    BootTime(milliseconds: time.milliseconds - span)
  }

  package static func - (a: BootTime, b: BootTime) -> Int64 { a.milliseconds - b.milliseconds }
}
