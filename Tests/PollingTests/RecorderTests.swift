import Drift
import Foundation
import History
import ImageModel
import Recording
import Schedule
import Testing

@testable import Polling

/// What polls leave in the store, one tag at a time, with time in the test's hand.
@Suite struct RecorderTests {
  @Test func theBaselineIsRecordedAndToldToNobodyByDefault() throws {
    let tag = try OneTag()
    let record = try #require(try tag.poll(at: 0))
    #expect(record.events.map(\.type) == [.tagFirstSeen])
    #expect(record.events[0].sinks == ["all"])
    #expect(try tag.history().map(\.event) == [.tagFirstSeen])
  }

  @Test(arguments: [
    (SimulatedWorld.Move.content, EventType.imageChanged, "content", ["default", "all"]),
    (.rebuilt, .imageChanged, "rebuilt", ["default", "all"]),
    (.repacked, .imageRepacked, "repacked", ["all"]),
  ])
  func aMoveIsNamed(move: SimulatedWorld.Move, type: EventType, named: String, sinks: [String]) throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, move)
    let record = try #require(try tag.poll(at: 60))
    #expect(record.events.map(\.type) == [type])
    #expect(record.events[0].sinks == sinks)
    let data = try tag.data(record.events[0])
    let changes = try #require(data["changes"] as? [[String: Any]])
    #expect(changes.compactMap { $0["class"] as? String } == [named, named])
    #expect(data["rollback"] is NSNull)
  }

  /// The tag was forgotten while it was polled, and checked anew.
  @Test func whatWasFoundForAnotherRowIsNotRecorded() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    let record = try #require(try tag.pollOfAnotherRow(at: 60))
    #expect(record.events.isEmpty && record.snapshot == nil)
    #expect(try tag.history().count == 1)
  }

  @Test func onlyTheIndexMovesAndNoImageIsSaidToHaveChanged() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .indexOnly)
    let record = try #require(try tag.poll(at: 60))
    #expect(record.events.map(\.type) == [.indexChanged])
    #expect(record.events[0].sinks == ["all"])
    #expect(try tag.history().count == 1)
    #expect(try tag.history(all: true).count == 2)
  }

  @Test func aRebuildKeepsItsLayersAndANewImageLosesThem() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .rebuilt)
    let rebuilt = try tag.layers(try #require(try tag.poll(at: 60)))
    #expect(rebuilt == ["kept": 1, "added": 0, "removed": 0])
    tag.world.move(0, .content)
    let content = try tag.layers(try #require(try tag.poll(at: 120)))
    #expect(content == ["kept": 0, "added": 1, "removed": 1])
    tag.world.move(0, .repacked)
    let repacked = try tag.layers(try #require(try tag.poll(at: 180)))
    #expect(repacked == ["kept": 1, "added": 0, "removed": 0])
  }

  @Test func theWayBackIsARollback() throws {
    let tag = try OneTag()
    let first = tag.world.snapshot(0)
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    _ = try tag.poll(at: 60)
    tag.world.move(0, .rollback)
    let record = try #require(try tag.poll(at: 120))
    let rollback = try #require(try tag.data(record.events[0])["rollback"] as? [[String: Any]])
    #expect(rollback.compactMap { $0["image_id"] as? String } == first.images.compactMap { $0.imageID?.description })
    #expect(rollback.compactMap { $0["digest"] as? String } == [first.digest.description, first.digest.description])
    #expect(
      rollback.compactMap { $0["last_current"] as? String } == Array(repeating: tag.wall(0).description, count: 2))
  }

  @Test func theWindowIsBetweenTheLastOldAndTheFirstNewObservation() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    _ = try tag.poll(at: 60)
    tag.world.move(0, .content)
    _ = try tag.fail(.connect, at: 120)
    let record = try #require(try tag.poll(at: 180))
    let window = try #require(try tag.data(record.events[0])["window"] as? [String: String])
    #expect(window == ["not_before": tag.wall(60).description, "not_after": tag.wall(180).description])
  }

  /// Fetching what is new took a minute, in which the tag may have moved again: nothing was seen of that.
  @Test func theTimeOfASnapshotIsTheRegistrysAnswerAndNotTheEndOfTheWalk() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    _ = try tag.poll(at: 660, walk: 60)
    #expect(try tag.history().first.map { [$0.firstSeen, $0.lastSeen] } == [tag.wall(600), tag.wall(600)])
    tag.world.move(0, .content)
    let record = try #require(try tag.poll(at: 1_200))
    let window = try #require(try tag.data(record.events[0])["window"] as? [String: String])
    #expect(window["not_before"] == tag.wall(600).description)
  }

  @Test func aFailureChangesNoHistoryAndIsVisible() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    let record = try #require(try tag.fail(.connect, at: 60))
    #expect(record.events.isEmpty)
    let entry = try #require(try tag.history().first)
    #expect(entry.lastSeen == tag.wall(0))
    #expect(entry.isCurrent)
    let status = try #require(try tag.status())
    #expect(status.state == .failing)
    #expect(status.record.state.failure?.code == .connect)
    #expect(status.record.state.failingSince == tag.wall(60))
  }

  @Test func unreachableIsToldOnceAndSoIsTheRecovery() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    for time in stride(from: 60, through: 3_540, by: 60) { _ = try tag.fail(.connect, at: time) }
    #expect(try tag.overdue(at: 3_590).isEmpty)
    let told = try tag.overdue(at: 3_600)
    #expect(told.flatMap(\.events).map(\.type) == [.tagUnreachable])
    #expect(try tag.overdue(at: 3_720).isEmpty)
    #expect(try #require(try tag.fail(.connect, at: 3_730)).events.isEmpty)
    #expect(try tag.status()?.state == .unreachable)
    let back = try #require(try tag.poll(at: 3_780))
    #expect(back.events.map(\.type) == [.tagRecovered])
    #expect(try tag.status()?.state == .ok)
    #expect(try tag.history().count == 1)
  }

  /// What a registry asks for is not time that passed unseen: it is left alone, which is part of the outage.
  @Test(arguments: [CheckFailure.Code.server, .rateLimited], [false, true])
  func unreachableIsToldInTimeAlsoOfARegistryThatAsksToBeLeftAlone(
    code: CheckFailure.Code, isRestarted: Bool
  ) throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    _ = try tag.fail(code, at: 60, retryAfter: 6 * 3_600)
    if isRestarted { try tag.restart(selection: .all, at: 600) }
    #expect(try tag.overdue(at: 3_590).isEmpty)
    #expect(try tag.overdue(at: 3_600).flatMap(\.events).map(\.type) == [.tagUnreachable])
  }

  @Test func recoveryAndNewContentAreTwoEventsInThatOrder() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    for time in [60, 3_590] { _ = try tag.fail(.connect, at: time) }
    _ = try tag.overdue(at: 3_660)
    tag.world.move(0, .content)
    let record = try #require(try tag.poll(at: 3_700))
    #expect(record.events.map(\.type) == [.tagRecovered, .imageChanged])
    #expect(record.events[0].sequence < record.events[1].sequence)
  }

  @Test func aTagIsGoneAfterThreeCredibleAnswersOverHalfAnHourAndComesBack() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    #expect(try tag.fail(.tagMissing, at: 60)?.events.isEmpty == true)
    #expect(try tag.fail(.tagMissing, at: 1_000)?.events.isEmpty == true)
    let gone = try #require(try tag.fail(.tagMissing, at: 1_900))
    #expect(gone.events.map(\.type) == [.tagDeleted])
    let data = try tag.data(gone.events[0])
    #expect(data["digest"] is NSNull && data["pull"] is NSNull)
    #expect(data["previous"] is [String: Any])
    let window = try #require(data["window"] as? [String: String])
    #expect(
      window == ["not_before": tag.wall(0).description, "not_after": tag.wall(60).description],
      "it was gone with the first of these answers")
    let ended = try #require(try tag.history().first)
    #expect(!ended.isCurrent && ended.ended == .deleted)
    #expect(try tag.status()?.state == .deleted)

    let back = try #require(try tag.poll(at: 2_500))
    #expect(back.events.map(\.type) == [.tagRestored])
    let entries = try tag.history()
    #expect(entries.count == 2 && entries[0].isCurrent && !entries[1].isCurrent)
  }

  @Test func aRegistryThatSaysNotFoundToEverythingDeletesNothing() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    for time in [60, 1_000, 1_900, 2_800] {
      #expect(try tag.fail(.tagMissing, at: time, registryAnswers: false)?.events.isEmpty == true)
    }
    #expect(try tag.history().first?.isCurrent == true)
  }

  @Test(arguments: [20, 21]) func aTagThatMovesToAndFroIsRecordedInFullAndToldSparingly(moves: Int) throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    var told = 0
    tag.world.move(0, .content)
    for step in 1...moves {
      if step > 1 { tag.world.flip(0) }
      told += try #require(try tag.poll(at: step * 60)).events.count { $0.type == .imageChanged }
    }
    #expect(told == Limits.announcementsPerHour)
    #expect(try tag.history().count == moves + 1)
    let later = moves * 60 + Limits.flapQuietSeconds
    let summary = try #require(try tag.poll(at: later))
    #expect(summary.events.map(\.type) == [.imageChanged])
    #expect(try tag.data(summary.events[0])["flaps"] as? Int == moves - 4)
    // Where it stands now it has stood before: when it was told of last, or among the moves that were not told.
    let changes = try tag.data(summary.events[0])["changes"] as? [[String: Any]]
    #expect((changes?.isEmpty == false) == (moves == 21))
    let rollback = try tag.data(summary.events[0])["rollback"] as? [[String: Any]]
    #expect(rollback?.count ?? 0 == changes?.count)
    #expect(try tag.poll(at: later + 60) == nil)
  }

  @Test func newlyWatchedPlatformsJoinSilently() throws {
    let amd64 = try #require(Platform("linux/amd64"))
    let tag = try OneTag(selection: .only([amd64]))
    _ = try tag.poll(at: 0)
    try tag.restart(selection: .all)
    let record = try #require(try tag.poll(at: 60))
    #expect(record.events.isEmpty)
    let entry = try #require(try tag.history().first)
    #expect(entry.platforms.compactMap { $0.platform?.description } == ["linux/amd64", "linux/arm64"])
    try tag.restart(selection: .only([amd64]))
    _ = try tag.poll(at: 120)
    #expect(try tag.status()?.platforms.map(\.platform) == [amd64], "one that is no longer watched has left")
    tag.world.move(0, .content)
    let moved = try #require(try tag.poll(at: 180))
    let changes = try #require(try tag.data(moved.events[0])["changes"] as? [[String: Any]])
    #expect(changes.compactMap { $0["platform"] as? String } == ["linux/amd64"])
  }

  @Test func missingDetailsFillInSilently() throws {
    let tag = try OneTag()
    tag.withholdsConfigs = true
    _ = try tag.poll(at: 0)
    #expect(tag.isWalkingAgain)
    #expect(try tag.history().first?.platforms.first?.imageID != nil)
    tag.withholdsConfigs = false
    #expect(try #require(try tag.poll(at: 60)).events.isEmpty)
    #expect(!tag.isWalkingAgain)
    #expect(try tag.poll(at: 120) == nil)
  }

  @Test func stateSurvivesARestart() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    for time in [60, 3_590] { _ = try tag.fail(.connect, at: time) }
    try tag.restart(selection: .all)
    _ = try tag.overdue(at: 3_700)
    try tag.restart(selection: .all)
    #expect(try tag.status()?.state == .unreachable)
    #expect(try #require(try tag.poll(at: 3_800)).events.map(\.type) == [.tagRecovered])
  }

  @Test func aSummaryOfFlapsNamesWhatChangedSinceTheLastAnnouncement() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    for step in 1...5 {
      if step > 1 { tag.world.flip(0) }
      let record = try #require(try tag.poll(at: step * 60))
      #expect(record.isWithheld == (step == 5))
    }
    tag.world.move(0, .indexOnly)
    #expect(try #require(try tag.poll(at: 360)).events.map(\.type) == [.indexChanged])
    let summary = try #require(try tag.poll(at: 1_000))
    let data = try tag.data(summary.events[0])
    #expect(data["flaps"] as? Int == 1)
    #expect((data["changes"] as? [Any])?.count == 2)
    let window = try #require(data["window"] as? [String: String])
    #expect(window == ["not_before": tag.wall(240).description, "not_after": tag.wall(360).description])
  }

  /// Ten releases in an hour are ten events: only the way back to an earlier image can be one of to and fro.
  @Test func aTagThatMovesOnIsAlwaysAnnounced() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    for step in 1...10 {
      tag.world.move(0, .content)
      let record = try #require(try tag.poll(at: step * 60))
      #expect(record.events.map(\.type) == [.imageChanged] && !record.isWithheld)
    }
    tag.world.flip(0)
    let back = try #require(try tag.poll(at: 700))
    #expect(back.isWithheld && back.events.isEmpty)
    #expect(back.outcome?.name == "changed", "it moved, whoever is told")
    tag.world.move(0, .content)
    let next = try #require(try tag.poll(at: 760))
    #expect(try tag.data(next.events[0])["flaps"] as? Int == 1, "it stands for the one that was withheld")
    tag.world.move(0, .content)
    let last = try #require(try tag.poll(at: 820))
    #expect(try tag.data(last.events[0])["flaps"] == nil)
  }

  @Test func twoResultsOfOneTagInOneCommitAreOneMove() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    // The disk was full: the tag was polled again before its first result could be written.
    let records = try tag.pollTwice(at: 60, 120)
    #expect(records.flatMap(\.events).map(\.type) == [.imageChanged])
    #expect(try tag.poll(at: 180) == nil)
    let entries = try tag.history()
    #expect(entries.map(\.firstSeen) == [tag.wall(60), tag.wall(0)])
    #expect(entries.map(\.lastSeen) == [tag.wall(180), tag.wall(0)])
  }

  @Test func aLongSilenceIsNotAnOutage() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    _ = try tag.fail(.connect, at: 60)
    // Switched off over the weekend.
    #expect(try tag.overdue(at: 200_000).isEmpty)
    #expect(try #require(try tag.poll(at: 200_001)).events.isEmpty)
  }

  @Test func theFailedCheckItselfTellsWhatIsOverdue() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    _ = try tag.fail(.connect, at: 60)
    let record = try #require(try tag.fail(.connect, at: 3_700))
    #expect(record.events.map(\.type) == [.tagUnreachable])
    guard case .failed = record.outcome else {
      Issue.record("\(String(describing: record.outcome))")
      return
    }
  }

  @Test func aRemarkComesWithWhatItIsAbout() throws {
    let one = try OneTag()
    one.remarks = ["twice"]
    #expect(try one.poll(at: 0)?.remarks == ["twice"])
    one.world.move(0, .content)
    #expect(try one.poll(at: 60)?.remarks == ["twice"])
    one.remarks = []
    one.world.move(0, .content)
    #expect(try one.poll(at: 120)?.remarks == [])
  }
}
