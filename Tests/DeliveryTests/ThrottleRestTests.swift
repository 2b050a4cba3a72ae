import ImageModel
import Testing

@testable import Delivery

/// For how long nothing is sent.
@Suite struct ThrottleRestTests {
  private let start = ContinuousClock.now
  private var throttle = Throttle()

  private static func item(_ number: Int) -> OutboxItem {
    FakeOutbox.item(number, "", tag: TagID(rawValue: Int64(number)))
  }

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

  private mutating func begin(_ numbers: ClosedRange<Int>, at time: Int) {
    for number in numbers { throttle.begin(Self.item(number), at: at(time)) }
  }

  private mutating func refuse(_ number: Int, _ seconds: Int?, isTooMany: Bool = true, at time: Int) {
    let refusal = Refusal(isTooMany: isTooMany, asked: seconds.map { .seconds($0) })
    throttle.end(Self.item(number), .refused(refusal), at: at(time))
  }

  private func opens(at time: Int) -> ContinuousClock.Instant? { throttle.opens(at: at(time), next: nil) }

  @Test(arguments: [true, false]) mutating func asLongAsItWasAskedFor(isTooMany: Bool) {
    begin(1...1, at: 0)
    #expect(opens(at: 0) == at(0))
    refuse(1, 3, isTooMany: isTooMany, at: 100)
    #expect(throttle.isResting(at: at(3_099)) && !throttle.isResting(at: at(3_100)))
    #expect(opens(at: 200) == at(3_100) && opens(at: 3_100) == at(3_100))
    #expect(throttle.asked(at: at(1_100)) == .seconds(2) && throttle.asked(at: at(3_100)) == nil)
  }

  /// They were under way when it was asked for, and say the same.
  @Test mutating func refusalsOfWhatWasUnderWayDoNotLengthenIt() {
    begin(1...4, at: 0)
    refuse(2, 1, at: 100)
    refuse(1, 1, at: 400)
    refuse(3, 1, at: 1_000)
    #expect(opens(at: 1_000) == at(1_100))
    refuse(4, 5, at: 1_050)
    #expect(opens(at: 1_050) == at(6_050), "unless one asks for more")
  }

  @Test mutating func oneThatIsRefusedAfterTheRestBeginsAnother() {
    begin(1...2, at: 0)
    refuse(1, 1, at: 100)
    throttle.end(Self.item(2), .accepted, at: at(200))
    begin(1...1, at: 1_100)
    refuse(1, 1, at: 1_150)
    #expect(opens(at: 1_200) == at(2_150))
  }

  /// One request is enough to find out whether a receiver that took nothing takes anything.
  @Test mutating func afterARestThatDidNotHelpOneIsTried() {
    begin(1...4, at: 0)
    for number in 1...4 { refuse(number, 5, isTooMany: false, at: 10) }
    #expect(opens(at: 5_010) == at(5_010))
    begin(1...1, at: 5_010)
    #expect(opens(at: 5_010) == nil)
    throttle.end(Self.item(1), .accepted, at: at(5_020))
    #expect(opens(at: 5_020) == at(5_020))
  }

  /// It does not say how long: 1 s at first, and longer each time that it did not help.
  @Test mutating func withoutATimeToWait() {
    begin(1...2, at: 0)
    throttle.end(Self.item(1), .accepted, at: at(5))
    refuse(2, nil, at: 10)
    #expect(throttle.asked(at: at(10)) == nil, "nothing to keep over a restart")
    var now = 10
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
      #expect(opens(at: now) == at(now + pause * 1_000))
      now += pause * 1_000
      begin(3...3, at: now)
      refuse(3, nil, at: now)
    }
  }

  /// Also where nothing was accepted before.
  @Test mutating func theFirstPauseIsASecond() {
    begin(1...4, at: 0)
    refuse(1, nil, at: 10)
    #expect(opens(at: 10) == at(1_010))
    begin(1...1, at: 1_010)
    refuse(1, nil, at: 1_010)
    #expect(opens(at: 1_010) == at(3_010))
  }

  /// A pause that was guessed is nothing that anybody asked for, also when somebody asks for less during it.
  @Test mutating func onlyWhatWasAskedForIsKept() {
    begin(1...3, at: 0)
    for time in [0, 1_000, 3_000, 7_000] {
      begin(9...9, at: time)
      refuse(9, nil, at: time)
    }
    let until = at(7_000 + 8_000)
    #expect(opens(at: 7_000) == until)
    refuse(1, 2, at: 7_000)
    #expect(opens(at: 7_000) == until && throttle.asked(at: at(7_000)) == .seconds(2))
    refuse(2, 2, at: 7_500)
    #expect(throttle.asked(at: at(7_500)) == .milliseconds(1_500), "they say the same")
    refuse(3, 20, at: 8_000)
    #expect(opens(at: 8_000) == at(28_000) && throttle.asked(at: at(8_000)) == .seconds(20))
  }

  @Test mutating func goesOnWithWhatAnEarlierProcessWasAskedFor() {
    throttle.resume(for: .seconds(60), at: at(0))
    #expect(opens(at: 0) == at(60_000) && throttle.asked(at: at(0)) == .seconds(60))
    begin(1...1, at: 60_000)
    refuse(1, 1, at: 60_010)
    #expect(opens(at: 60_020) == at(61_010))
  }

  @Test mutating func somebodyWhoKnowsBetterEndsIt() {
    begin(1...2, at: 0)
    refuse(1, 86_400, at: 10)
    throttle.forget()
    #expect(opens(at: 20) == at(20) && throttle.asked(at: at(20)) == nil && throttle.postponed.isEmpty)
    refuse(2, 2, at: 30)
    #expect(opens(at: 40) == at(2_030))
  }
}
