import TestSupport
import Testing

@testable import Transport

@Suite("turns")
struct TurnQueueTests {
  @Test("so many of a host at a time, the others in order, other hosts unhindered")
  func order() {
    var queue = TurnQueue<String, Int>(perHost: 2)
    #expect((0..<6).map { queue.enter($0, id: UInt64($0), host: "a") } == [0, 1, nil, nil, nil, nil])
    #expect(queue.enter(9, id: 9, host: "b") == 9)
    #expect(queue.leave("a") == 2)
    #expect(queue.enter(6, id: 6, host: "a") == nil)
    #expect((0..<4).map { _ in queue.leave("a") } == [3, 4, 5, 6])
    #expect(queue.leave("a") == nil)
    #expect(queue.enter(7, id: 7, host: "a") == 7)
    #expect(queue.enter(8, id: 8, host: "a") == nil)
    #expect(queue.leave("b") == nil)
    #expect(queue.leave("unknown") == nil)
  }

  @Test("one that is withdrawn is passed over")
  func withdraw() {
    var queue = TurnQueue<String, Int>(perHost: 1)
    for item in 0..<4 { _ = queue.enter(item, id: UInt64(item), host: "a") }
    #expect(queue.withdraw(0) == nil)
    #expect(queue.withdraw(1) == 1)
    #expect(queue.withdraw(1) == nil)
    #expect(queue.leave("a") == 2)
    #expect(queue.withdrawAll() == [3])
    #expect(queue.leave("a") == nil)
    #expect(queue.enter(5, id: 5, host: "a") == 5)
  }

  @Test("against a plain model, for many random steps")
  func model() {
    var random = TestRandom()
    var queue = TurnQueue<Int, UInt64>(perHost: 3)
    var running = [0, 0]
    var waiting: [[UInt64]] = [[], []]
    for id in 0..<5_000 as Range<UInt64> {
      let host = Int.random(in: 0...1, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let started = queue.enter(id, id: id, host: host)
        #expect((started != nil) == (running[host] < 3))
        if started == nil { waiting[host].append(id) } else { running[host] += 1 }
      case 5..<9 where running[host] > 0:
        let next = waiting[host].isEmpty ? nil : waiting[host].removeFirst()
        #expect(queue.leave(host) == next)
        if next == nil { running[host] -= 1 }
      default:
        guard let chosen = waiting[host].randomElement(using: &random) else { continue }
        waiting[host].removeAll { $0 == chosen }
        #expect(queue.withdraw(chosen) == chosen)
      }
    }
  }
}
