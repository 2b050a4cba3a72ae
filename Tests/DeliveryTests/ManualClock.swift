import Synchronization

@testable import Delivery

/// Time that passes when a test says so, and rings the alarms that are due by then.
final class ManualClock: Sendable {
  private struct State {
    var now = ContinuousClock.now
    var alarms: [Bell] = []
  }

  private final class Bell: Alarm {
    let clock: ManualClock
    let ring: @Sendable () -> Void
    let due = Mutex<ContinuousClock.Instant?>(nil)

    init(_ clock: ManualClock, _ ring: @escaping @Sendable () -> Void) { (self.clock, self.ring) = (clock, ring) }

    func set(in delay: Duration) {
      due.withLock { $0 = clock.now + delay }
      ringIfDue()
    }

    func ringIfDue() {
      let now = clock.now
      let isDue = due.withLock { due in
        guard let time = due, time <= now else { return false }
        due = nil
        return true
      }
      if isDue { ring() }
    }
  }

  private let state = Mutex(State())

  var now: ContinuousClock.Instant { state.withLock { $0.now } }

  func pass(_ time: Duration) {
    let alarms = state.withLock { state in
      state.now += time
      return state.alarms
    }
    for alarm in alarms { alarm.ringIfDue() }
  }

  /// A millisecond more each time that it is asked, for an alarm may be set a little after the time has passed.
  func passing(_ condition: () async -> Bool) async -> Bool {
    pass(.milliseconds(1))
    return await condition()
  }

  var delivery: DeliveryClock {
    DeliveryClock(now: { self.now }) { ring in
      let bell = Bell(self, ring)
      self.state.withLock { $0.alarms.append(bell) }
      return bell
    }
  }
}
