import ImageModel
import TestSupport
import Testing

@testable import History

/// What looks at a sink, and somebody who drops deliveries or enables it, change about how it is doing.
@Suite struct SinkLookTests {
  private static let late = "no directory"
  private let scratch = Scratch()
  private let writer: HistoryWriter

  init() throws {
    writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { history in
      try history.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "1")])
      let tag = try history.amazonTag()
      for name in ["a", "b"] {
        _ = try history.appendEvent(event(name, at: 0), tag: tag.id, snapshot: nil, sinks: ["ops"])
      }
    }
  }

  private func look(_ fault: String?, at seconds: Int64, fingerprint: String = "1") throws -> SinkTurn? {
    try writer.transactionSync {
      try $0.noteLook(fault, sink: "ops", fingerprint: fingerprint, now: time(seconds))
    }
  }

  /// An attempt at the first event failed.
  private func fail(
    _ code: SinkFailure.Code, at seconds: Int64, _ outcome: FailedDelivery? = nil, retry: Int64? = nil
  ) throws {
    try writer.transactionSync { history in
      try history.settleFailed(
        sink: "ops", sequence: 1, attempts: 1, error: Self.late, outcome ?? .retry(at: time(seconds + 60)))
      if code == .gone { try history.disableSink("ops", fingerprint: "1") }
      var attempts = SinkAttempts()
      attempts.failure = SinkFailure(code, Self.late)
      attempts.retry = retry.map(time)
      _ = try history.noteAttempts(attempts, sink: "ops", fingerprint: "1", now: time(seconds))
    }
  }

  private func drop(_ sequence: EventSequence? = nil, sink: String = "ops") throws {
    try writer.transactionSync { history in
      var query = DeliveryQuery(states: [.waiting, .failed])
      query.sinks = [sink]
      if let sequence { query.events = [.sequence(sequence)] }
      _ = try history.dropDeliveries(query)
    }
  }

  private func status(at seconds: Int64 = 20) throws -> SinkStatus {
    try #require(try HistoryReader.open(scratch.database).sinks(now: time(seconds)).first)
  }

  // MARK: Looks

  @Test func whatCouldBeSentNothingFailsUntilItCould() throws {
    defer { writer.close() }
    #expect(try look(nil, at: 5) == nil)
    #expect(try look(Self.late, at: 10) == .fails(SinkFailure(.unusable, Self.late)))
    #expect(try look(Self.late, at: 15) == nil, "told once")
    #expect(try status().state == .failing && status().failingSince == time(10) && status().nextAttempt == nil)
    #expect(try look(nil, at: 25) == .recovers(since: time(10)))
    #expect(try status(at: 30).state == .ok && status(at: 30).failure == nil)
  }

  /// Whether what failed arrives, and when it is tried, is for its attempts to say.
  @Test func whatWasTriedStillWaits() throws {
    defer { writer.close() }
    try fail(.unusable, at: 10, .retry(at: Timestamp(milliseconds: 0)), retry: 70)
    let before = try status()
    #expect(before.state == .failing && before.nextAttempt == time(70))
    #expect(try look(nil, at: 15) == nil && look("another", at: 16) == nil)
    #expect(try status() == before)
  }

  /// What its receiver has answered, no look can tell.
  @Test(arguments: [SinkFailure.Code.failed, .refused, .gone]) func whatAttemptsHaveShownStays(_ code: SinkFailure.Code)
    throws
  {
    defer { writer.close() }
    try fail(code, at: 10, .rests)
    let before = try status()
    #expect(before.isUnwell)
    #expect(try look("another", at: 15) == nil && look(nil, at: 16) == nil)
    #expect(try status() == before)
  }

  @Test func aDisabledOneIsNotLookedAt() throws {
    defer { writer.close() }
    try writer.transactionSync { try $0.disableSink("ops", fingerprint: "1") }
    #expect(try look(Self.late, at: 10) == nil)
    #expect(try status().state == .disabled && status().failure == nil)
  }

  @Test func aLookAtTheFormerDefinition() throws {
    defer { writer.close() }
    #expect(try look(Self.late, at: 10, fingerprint: "2") == nil)
    #expect(try status().state == .ok)
  }

  // MARK: By hand

  @Test func whatFailedIsDropped() throws {
    defer { writer.close() }
    try fail(.failed, at: 10, retry: 70)
    try drop(2)
    #expect(try status().state == .failing, "what failed still waits")
    try drop(1, sink: "other")
    #expect(try status().state == .failing)
    try drop(1)
    #expect(try status().state == .ok && status().failure == nil && status().failingSince == nil)
    // Of the times before, nothing is left either.
    try fail(.failed, at: 20)
    #expect(try status().nextAttempt == nil && status().failingSince == time(20))
  }

  @Test func whatWasGivenUpIsDropped() throws {
    defer { writer.close() }
    try fail(.failed, at: 10, .rests)
    try drop()
    #expect(try status().state == .ok)
  }

  /// Its directory is still not there: the next look would find it again.
  @Test func whatCannotBeSentAnythingStaysSo() throws {
    defer { writer.close() }
    _ = try look(Self.late, at: 10)
    try drop()
    #expect(try status().state == .failing && status().failure?.message == Self.late)
  }

  @Test(arguments: [true, false]) func aDisabledOneIsEnabled(isDropped: Bool) throws {
    defer { writer.close() }
    try fail(.gone, at: 10, .retry(at: Timestamp(milliseconds: 0)))
    if isDropped { try drop() }
    #expect(try status().state == .disabled && status().failure?.code == .gone)
    #expect(try writer.transactionSync { try $0.enableSinks(["ops"]) } == ["ops"])
    #expect(try status().state == (isDropped ? .ok : .failing))
    #expect(try status().failure == (isDropped ? nil : SinkFailure(.gone, Self.late)))
  }

  // MARK: Clocks

  /// The delivery is due at once, and its sink rests.
  @Test func whenItIsTriedAgainMovesWithTheClock() throws {
    defer { writer.close() }
    try fail(.unusable, at: 10, .retry(at: Timestamp(milliseconds: 0)), retry: 70)
    try writer.transactionSync { try $0.moveAttempts(by: .seconds(-3_600)) }
    #expect(try status(at: 20 - 3_600).nextAttempt == time(70 - 3_600))
  }

  @Test func aRestThatAnotherClockHasNotedCountsForNothing() throws {
    defer { writer.close() }
    try fail(.failed, at: 10, .retry(at: time(40)), retry: 86_400)
    #expect(try status().nextAttempt == time(40))
  }
}
