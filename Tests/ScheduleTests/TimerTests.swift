import Dispatch
import ImageModel
import Schedule
import Synchronization
import Testing

struct TimerTests {
  /// Counts how often a timer fired.
  final class Counter: Sendable {
    private let count = Mutex(0)
    private let fired = DispatchSemaphore(value: 0)

    func hit() {
      count.withLock { $0 += 1 }
      fired.signal()
    }

    var value: Int { count.withLock { $0 } }

    func wait(seconds: Int) -> Bool { fired.wait(timeout: .now() + .seconds(seconds)) == .success }
  }

  private let queue = DispatchQueue(label: "timer-tests")

  @Test func firesOnceEachTimeItIsArmed() {
    let counter = Counter()
    let timer = PollTimer(queue: queue) { counter.hit() }
    timer.arm(in: .milliseconds(1))
    #expect(counter.wait(seconds: 20))
    timer.arm(in: .milliseconds(-7))
    #expect(counter.wait(seconds: 20))
    #expect(counter.value == 2)
  }

  @Test func aNewTimeReplacesTheOld() {
    let counter = Counter()
    let timer = PollTimer(queue: queue) { counter.hit() }
    timer.arm(in: .seconds(Int64.max))
    timer.arm(in: .milliseconds(5))
    #expect(counter.wait(seconds: 20))
    #expect(counter.value == 1)
  }

  @Test func aCancelledTimerIsSilent() {
    let counter = Counter()
    let silent = PollTimer(queue: queue) { counter.hit() }
    silent.cancel()
    silent.arm(in: .milliseconds(0))
    // A later timer on the same queue has fired: the cancelled one would have before.
    let later = Counter()
    let other = PollTimer(queue: queue) { later.hit() }
    other.arm(in: .milliseconds(50))
    #expect(later.wait(seconds: 20))
    #expect(counter.value == 0)
  }
}
