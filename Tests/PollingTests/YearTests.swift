import ImageModel
import TestSupport
import Testing

/// What `history --at`, `which` and `drift` say after a year in simulated time, and now and then within it, beside what
/// the registries answered.
@Suite struct YearTests {
  @Test func queriesTellWhatTheRegistriesAnswered() throws {
    let directory = try TemporaryDirectory()
    var year = SimulatedYear(database: directory.path + "/watcher.db", random: TestRandom(usual: 2026))
    var looks = 0
    try year.pass { year in
      looks += 1
      try YearQueries.compare(year, ofSoMany: year.isOver ? 1 : 8, random: TestRandom(usual: UInt64(looks)))
    }
    expectThatAllHappened(year)
    #expect(looks == 4)
  }

  private func expectThatAllHappened(_ year: SimulatedYear) {
    let states = year.chronicles.flatMap(\.states)
    for type in EventType.allCases
    where type.isMove && type != .tagMoved
      || [.tagFirstSeen, .indexChanged, .platformAdded, .platformRemoved].contains(type)
    {
      #expect(states.contains { $0.event == type }, "\(type)")
    }
    #expect(states.contains { $0.event == nil }, "a deleted tag came back as it was")
    #expect(states.count { $0.deleted != nil } > 10 && states.count { !$0.gaps.isEmpty } > 50)
    let classes = year.chronicles.flatMap { known in
      known.states.indices.flatMap { state in
        known.states[state].snapshot.images.compactMap { known.change($0, in: state) }
      }
    }
    #expect(Set(classes) == Set(ChangeClass.allCases).subtracting([.removed]))
    #expect(year.polls > 30_000 && year.failures > 1_000 && year.stops > 20 && year.kills > 20)
    #expect(year.lostAnswers > year.kills && year.clockSteps.contains { $0 > 0 } && year.clockSteps.contains { $0 < 0 })
  }
}
