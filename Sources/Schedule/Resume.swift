package import ImageModel

/// Where a tag stands when it joins the plan.
package enum Resume: Hashable, Sendable {
  /// Never polled: due at once.
  case never
  /// Its last poll succeeded, the next is due then.
  case due(at: BootTime)
  /// Its last polls failed, `failures` of them in a row; the next is due then.
  case failing(at: BootTime, failures: Int)
  /// When it is due cannot be told: at its own place in the interval, the first one after `from`.
  case spread(from: BootTime, failures: Int)
}
