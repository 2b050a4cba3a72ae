import Drift
import Foundation
import History
import ImageModel
import Recording
import Registry
import TestSupport
import Testing

@testable import Polling

/// Repositories of which tags are watched, by the core and the database.
@Suite struct RepositoryTests {
  private let scene: RepositoryScene

  init() throws { scene = try RepositoryScene() }

  @Test func listsFirstAndPollsWhatTheListGives() throws {
    try scene.watch([scene.repository(max: 2)])
    #expect(scene.work(at: 0) == ["list app"])
    try scene.list(["1.0", "1.1", "0.9", "latest"], at: 1)
    #expect(scene.work(at: 1) == ["app:1.0", "app:1.1"])
    #expect(try scene.watched() == ["1.0", "1.1"])
    #expect(try scene.poll("1.1", at: 2)?.events.map(\.type) == [.tagFirstSeen])
    let state = try #require(try scene.repositories().first)
    #expect(state.word == .ok && state.tags == 2 && state.state.listed == 4 && state.state.fitting == 4)
    #expect(state.state.lastSuccess == moment(1).wall)
  }

  @Test func theEventSaysWhichEntryGaveTheTag() throws {
    try scene.watch([scene.repository()], own: ["other"])
    try scene.list(["1.0"], at: 1)
    #expect(try scene.data(scene.poll("1.0", at: 2))["entry"] as? String == "r.example/app")
    #expect(try scene.data(scene.poll("other", at: 2))["entry"] == nil)
    #expect(try scene.status().map { "\($0.record.tag.tag) \($0.record.isGiven)" } == ["1.0 true", "other false"])
  }

  /// Within one interval, its spread included.
  @Test func aNewTagIsSeenWithTheNextList() throws {
    try scene.watch([scene.repository(interval: 60)])
    try scene.list(["1.0"], at: 1)
    _ = try scene.poll("1.0", at: 1)
    let due = try #require(try scene.repositories().first?.state.nextListing)
    #expect(due <= moment(1 + 60 * 8 / 5).wall)
    try scene.list(["1.0", "2.0"], at: 90)
    #expect(scene.work(at: 90).contains("app:2.0"))
  }

  @Test func aTagThatIsPushedOutLeavesAndKeepsItsHistory() throws {
    try scene.watch([scene.repository(max: 1)])
    try scene.list(["1.0"], at: 1)
    _ = try scene.poll("1.0", at: 1)
    let record = try scene.list(["1.0", "1.1"], at: 61)
    #expect(record.departures.map(\.tag) == ["1.0"] && record.arrivals == 1)
    #expect(try scene.watched() == ["1.1"])
    #expect(try scene.history("1.0").count == 1)
    #expect(!scene.work(at: 10_000).contains("app:1.0"))
    // It comes back with what is known of it.
    try scene.list(["1.0"], at: 10_001)
    #expect(try scene.poll("1.0", at: 20_000)?.events.isEmpty ?? true)
  }

  /// Three credible answers over half an hour; the list alone says nothing.
  @Test func aTagThatVanishesStaysUntilItIsDeleted() throws {
    try scene.watch([scene.repository()])
    try scene.list(["1.0", "1.1"], at: 1)
    for tag in ["1.0", "1.1"] { _ = try scene.poll(tag, at: 1) }
    try scene.list(["1.1"], at: 61)
    #expect(try scene.watched() == ["1.0", "1.1"])
    for seconds in [70, 1_000] { #expect(try scene.miss("1.0", at: seconds)?.events.isEmpty == true) }
    try scene.list(["1.1"], at: 1_100)
    #expect(try scene.watched() == ["1.0", "1.1"])
    #expect(try scene.miss("1.0", at: 1_900)?.events.map(\.type) == [.tagDeleted])
    try scene.list(["1.1"], at: 2_000)
    #expect(try scene.watched() == ["1.1"])
    // Pushed anew, it is back.
    try scene.list(["1.0", "1.1"], at: 3_000)
    #expect(try scene.poll("1.0", at: 3_001)?.events.map(\.type) == [.tagRestored])
  }

  @Test func aRegistryThatNamesOthersEachTimeDoesNotFillTheWatchlist() throws {
    try scene.watch([scene.repository(max: 3)])
    for round in 0..<10 {
      try scene.list((0..<5).map { "\(round).\($0)" }, at: round + 1)
      #expect(try scene.watched().count <= 6)
    }
    #expect(scene.slotCount <= 16)
  }

  @Test func anEmptyListOrAFailureTakesNothingAway() throws {
    try scene.watch([scene.repository()])
    try scene.list(["1.0"], at: 1)
    try scene.list([], at: 61)
    #expect(try scene.watched() == ["1.0"])
    let record = try scene.failList(.server, at: 121)
    #expect(try scene.watched() == ["1.0"] && record.state.failures == 1)
    let state = try #require(try scene.repositories().first)
    #expect(state.word == .failing && state.isUnwell && state.state.failingSince == moment(121).wall)
    #expect(state.state.listed == 0, "what the last list had that could be had")
    try scene.list(["1.0"], at: 500)
    #expect(try scene.repositories().first?.word == .ok)
  }

  @Test func aRepositoryOfWhichNothingFitsIsNotWell() throws {
    try scene.watch([scene.repository()])
    #expect(try scene.repositories().first?.word == .pending)
    try scene.list([], at: 1)
    #expect(try scene.repositories().first?.word == .empty)
  }

  /// Its own entry's settings, whatever the list says of it.
  @Test func aTagWithAnEntryOfItsOwnKeepsIt() throws {
    try scene.watch([scene.repository(sinks: [])], own: ["1.0"])
    try scene.list(["1.0", "1.1"], at: 1)
    #expect(try scene.status().map(\.record.isGiven) == [false, true])
    #expect(try scene.data(scene.poll("1.0", at: 2))["entry"] == nil)
    try scene.list(["1.1"], at: 3)
    #expect(try scene.watched() == ["1.0", "1.1"])
    // Given from now on, it goes on where it was.
    try scene.watch([scene.repository()], at: 4)
    try scene.list(["1.0", "1.1"], at: 5)
    #expect(try scene.status().map(\.record.isGiven) == [true, true])
    #expect(try scene.poll("1.0", at: 60)?.events.isEmpty ?? true)
  }

  @Test func aRestartAsksNothingTwice() throws {
    try scene.watch([scene.repository(interval: 900)])
    try scene.list(["1.0", "1.1"], at: 1)
    for tag in ["1.0", "1.1"] { _ = try scene.poll(tag, at: 2) }
    try scene.restart([scene.repository(interval: 900)], at: 10)
    #expect(scene.work(at: 130).isEmpty)
    let due = stride(from: 230, to: 1_600, by: 100).flatMap { scene.work(at: $0) }
    #expect(Set(due) == ["list app", "app:1.0", "app:1.1"])
  }

  @Test func anotherSelectionListsAtOnceAndDropsWhatDoesNotFit() throws {
    try scene.watch([scene.repository(interval: 900)])
    try scene.list(["1.0", "1.0-rc1"], at: 1)
    for tag in ["1.0", "1.0-rc1"] { _ = try scene.poll(tag, at: 2) }
    try scene.watch([scene.repository(exclude: "rc", interval: 900)], at: 10)
    #expect(try scene.watched() == ["1.0"])
    #expect(scene.work(at: 10) == ["list app"])
    // The same again changes nothing.
    try scene.list(["1.0"], at: 11)
    try scene.watch([scene.repository(exclude: "rc", interval: 900)], at: 12)
    #expect(scene.work(at: 12).isEmpty)
    try scene.watch([], at: 13)
    #expect(try scene.watched() == [])
    #expect(try scene.repositories() == [])
    #expect(scene.watchedCount == 0)
    #expect(try scene.history("1.0").count == 1)
  }

  /// What was asked for before is no answer to what is wanted now.
  @Test func aListThatWasUnderWayIsAskedForAgain() throws {
    try scene.watch([scene.repository()])
    let job = try scene.takeList(at: 0)
    try scene.watch([scene.repository(exclude: "rc")], at: 1)
    #expect(scene.work(at: 1).isEmpty, "it is under way")
    #expect(scene.finish(job, ["1.0-rc1"], at: 2) == nil)
    #expect(scene.work(at: 2) == ["list app"])
    try scene.watch([], at: 3)
    #expect(scene.watchedCount == 0)
  }

  @Test func aListSharesTheRegistrysPlacesAndPauses() throws {
    try scene.watch([scene.repository("a"), scene.repository("b")], concurrency: 1)
    let job = try scene.takeList(at: 0)
    #expect(scene.work(at: 0).isEmpty)
    _ = scene.finish(job, .failure(CheckFailure(.rateLimited, "slow", retryAfterSeconds: 60)), at: 1)
    #expect(scene.work(at: 59).isEmpty)
    #expect(scene.work(at: 62).count == 1)
  }
}
