package import ImageModel
import Synchronization
import Transport

/// The newest time that this machine's clock and the `Date` of a registry have agreed on. What is old is told by it and
/// not by the clock, which may be years ahead and then agrees with nobody. Source: RFC 9110 section 6.6.1.
///
/// A response that nobody wants to look at costs one load.
package final class AgreedTime: Sendable {
  private let isWanted = Atomic(true)
  private let milliseconds = Atomic(Int64.min)
  private let isLoopbackEnough = Atomic(false)

  package init() {}

  /// `nil` before any registry has agreed.
  package var newest: Timestamp? {
    let milliseconds = milliseconds.load(ordering: .relaxed)
    return milliseconds == .min ? nil : Timestamp(milliseconds: milliseconds)
  }

  /// Has the next response looked at. Without it none is, once a registry has agreed.
  package func want() { isWanted.store(true, ordering: .relaxed) }

  /// A registry on this machine has this machine's clock: it counts only where there is no other.
  package func countLoopback(_ isEnough: Bool) { isLoopbackEnough.store(isEnough, ordering: .relaxed) }

  /// Whether the next response of a registry is to be looked at.
  func wants(_ host: RegistryHost) -> Bool {
    isWanted.load(ordering: .relaxed) && (!host.isLoopback || isLoopbackEnough.load(ordering: .relaxed))
  }

  func observe(_ response: HTTPResponse, of host: RegistryHost, wall: () -> Timestamp) {
    guard wants(host), let date = response.headers.first("Date").flatMap({ HTTPDate.time($0) }),
      let agreed = Self.agreed(date: date, wall: wall())
    else { return }
    isWanted.store(false, ordering: .relaxed)
    milliseconds.max(agreed.milliseconds, ordering: .relaxed)
  }

  /// What a registry and the clock both say has passed; `nil` when they contradict each other. Clocks set to local
  /// time and answers out of a cache are off by hours.
  static func agreed(date: Timestamp, wall: Timestamp) -> Timestamp? {
    abs(date.milliseconds - wall.milliseconds) <= Int64(Limits.clockToleranceSeconds) * 1_000 ? min(date, wall) : nil
  }
}
