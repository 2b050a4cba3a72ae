/// Where a tag stands when it joins the plan. Times are boot-time milliseconds.
package enum Resume: Hashable, Sendable {
  /// Never polled: due at once.
  case never
  /// Its last poll succeeded, the next is due then.
  case due(at: Int64)
  /// Its last polls failed, `failures` of them in a row; the next is due then.
  case failing(at: Int64, failures: Int)
  /// When it is due cannot be told: at its own place in the interval, the first one after `from`.
  case spread(from: Int64, failures: Int)
}
