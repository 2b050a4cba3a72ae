import ImageModel
import Polling
import Synchronization

@testable import Delivery

/// Time that jumps to whatever is next, once nobody has anything to do until then.
final class SimulatedTime: Sendable {
  private struct State {
    var now = 0
    var alarms: [(due: Int?, ring: @Sendable () -> Void)] = []
    var sleepers: [(due: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var isOver = false
  }

  private struct Bell: Alarm {
    let time: SimulatedTime
    let index: Int

    func set(in delay: Duration) {
      let (seconds, attoseconds) = delay.components
      // Not before its time, so the part of a millisecond counts.
      let milliseconds = Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
      time.state.withLock { $0.alarms[index].due = $0.now + max(0, milliseconds) }
    }
  }

  private static let start = ContinuousClock.now
  private static let wall = Timestamp(milliseconds: 1_790_812_800_000)
  private let state = Mutex(State())

  /// Milliseconds since it began.
  var now: Int { state.withLock(\.now) }
  var moment: Moment {
    let now = Int64(now)
    return Moment(boot: BootTime(milliseconds: now), wall: Self.wall.advanced(byMilliseconds: now))
  }
  var delivery: DeliveryClock {
    DeliveryClock(now: { Self.start + .milliseconds(self.now) }) { ring in
      self.state.withLock { state in
        state.alarms.append((nil, ring))
        return Bell(time: self, index: state.alarms.count - 1)
      }
    }
  }

  func sleep(_ milliseconds: Int) async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.isOver { state.sleepers.append((state.now + milliseconds, continuation)) }
        return state.isOver
      }
      if isOver { continuation.resume() }
    }
  }

  /// Nobody sleeps any more.
  func end() {
    let sleepers = state.withLock { state in
      defer { state.sleepers = [] }
      state.isOver = true
      return state.sleepers
    }
    for sleeper in sleepers { sleeper.continuation.resume() }
  }

  /// Goes on until `end`, or until `isDone`, for a worker all of whose writes sleep.
  func pass(until end: Int, with worker: DeliveryWorker, isDone: () -> Bool) async {
    while now < end, !isDone() {
      while await !worker.waits(with: { self.state.withLock(\.sleepers.count) }) { await Task.yield() }
      let (rings, woken) = state.withLock { state in
        state.now = (state.alarms.compactMap(\.due) + state.sleepers.map(\.due) + [end]).min() ?? end
        let now = state.now
        defer {
          state.sleepers.removeAll { $0.due <= now }
          for index in state.alarms.indices where state.alarms[index].due.map({ $0 <= now }) ?? false {
            state.alarms[index].due = nil
          }
        }
        return (
          state.alarms.filter { $0.due.map { $0 <= now } ?? false }.map(\.ring),
          state.sleepers.filter { $0.due <= now }.map(\.continuation)
        )
      }
      for sleeper in woken { sleeper.resume() }
      for ring in rings { ring() }
    }
  }
}

extension DeliveryWorker {
  /// Whether it can do nothing before its alarm rings or one of its writes, so many of which sleep, goes on.
  fileprivate func waits(with sleepers: () -> Int) -> Bool {
    signal.isAwaited && writers == underWay.count && underWay.count == sleepers()
  }
}
