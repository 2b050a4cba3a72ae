import Foundation
import History
import ImageModel
import Registry
import Schedule
import Synchronization
import TestSupport
import Testing

@testable import Polling

/// The wall clock is set, stands in 1970, or the machine sleeps: polls go on in their time, and what is recorded stays
/// in order. Boot time is what passes; wall time is what is shown.
@Suite struct ClockChangeTests {
  private static let day: Int64 = 86_400_000
  private static let hour: Int64 = 3_600_000
  private static let minute: Int64 = 60_000

  /// What happens to the wall clock when so much of boot time has passed.
  struct Step {
    let at: Int64
    let by: Int64
  }

  @Test(arguments: [1_000, -1_000, hour, -hour, day, -day])
  func aStepChangesNothingOfThePolls(by: Int64) throws {
    var days = try Days(seed: UInt64(bitPattern: by))
    days.steps = [Step(at: 3 * Self.hour + 7, by: by)]
    try days.run(until: 8 * Self.hour)
    days.expectRegularPolls()
    try days.expectHistoryInOrder()
  }

  @Test func stepsToAndFroAreBorne() throws {
    var days = try Days(seed: 4)
    days.steps = (1...40).map {
      Step(at: Int64($0) * 17 * Self.minute, by: $0.isMultiple(of: 2) ? Self.day : -Self.day)
    }
    try days.run(until: 12 * Self.hour)
    days.expectRegularPolls()
    try days.expectHistoryInOrder()
  }

  /// Restarted while the clock is wrong, and restarted again when it is right.
  @Test(arguments: [day, -day, 3_650 * day, -3_650 * day]) func aRestartUnderAWrongClockDelaysNoTag(by: Int64) throws {
    var days = try Days(seed: 9)
    try days.run(until: 2 * Self.hour)
    days.steps = [Step(at: 2 * Self.hour + 1, by: by)]
    try days.restart()
    try days.run(until: 5 * Self.hour)
    days.steps = [Step(at: 5 * Self.hour + 1, by: -by)]
    try days.restart()
    try days.run(until: 8 * Self.hour)
    days.expectRegularPolls(restarted: true)
    try days.expectHistoryInOrder()
  }

  @Test func aMachineThatStartsIn1970PollsAndIsSetRightLater() throws {
    var days = try Days(seed: 70)
    try days.run(until: 2 * Self.hour)
    // Its own clock counts from the start of 1970, and it boots anew.
    let ahead = days.wallAtStart + 2 * Self.hour
    days.steps = [Step(at: 2 * Self.hour + 1, by: -ahead), Step(at: 4 * Self.hour, by: ahead)]
    try days.restart()
    try days.run(until: 8 * Self.hour)
    days.expectRegularPolls(restarted: true)
    try days.expectHistoryInOrder()
  }

  /// Both clocks go on while the machine sleeps, and no timer fires.
  @Test func afterEightHoursOfSleepWhatIsOverdueIsSpread() throws {
    var days = try Days(seed: 8)
    try days.run(until: 2 * Self.hour)
    let woken = 2 * Self.hour + 8 * Self.hour
    days.sleep(until: woken)
    try days.run(until: woken + 2 * Self.hour)
    let polls = days.polls.filter { $0.at >= woken }
    for second in stride(from: woken, to: woken + Self.minute, by: 1_000) {
      let burst = polls.count { (second..<second + 1_000).contains($0.at) }
      #expect(burst <= Days.tags / 10, "\(burst) polls in a second after waking")
    }
    let first = Dictionary(polls.map { ($0.tag, $0.at) }, uniquingKeysWith: min)
    #expect(first.count == Days.tags)
    // Overdue ones within the minute over which they are spread, and a tick; none was not overdue.
    #expect(first.values.allSatisfy { $0 <= woken + 2 * Self.minute })
    try days.expectHistoryInOrder()
  }
}

/// Some tags that move now and then, polled through the core into a real database, on two clocks that a test sets.
private struct Days {
  static let tags = 60
  static let interval: Int64 = 900_000

  var steps: [ClockChangeTests.Step] = []
  private(set) var polls: [(tag: Int, at: Int64)] = []
  let wallAtStart = epoch

  private let directory: TemporaryDirectory
  private let database: String
  private var random: SplitMix64
  private var world = SimulatedWorld(tags: Days.tags)
  private var visited: [[Digest]] = Array(repeating: [], count: Days.tags)
  private var daemon: SimulatedDaemon
  private var boot: Int64 = 0
  private var offset = epoch

  private static let entries = (0..<tags).map { index in
    WatchEntry(
      tag: TagReference(domain: "r\(index % 2).example", path: "app\(index)", tag: "latest"), pinned: nil,
      intervalSeconds: Int(interval / 1000), selection: .all, sinks: ["out"], unreachableAfterSeconds: 3_600,
      labels: [:], line: 0)
  }

  init(seed: UInt64) throws {
    directory = try TemporaryDirectory()
    database = directory.path + "/watcher.db"
    random = SplitMix64(seed: seed)
    daemon = try SimulatedDaemon(database, Self.entries, seed: 3, at: moment(0))
  }

  private mutating func now() -> Moment {
    while let step = steps.first, step.at <= boot {
      offset += step.by
      steps.removeFirst()
    }
    return Moment(boot: BootTime(milliseconds: boot), wall: Timestamp(milliseconds: offset + boot))
  }

  /// What is in memory is forgotten; the clocks are as they are then.
  mutating func restart() throws {
    boot += 1
    daemon.close()
    daemon = try SimulatedDaemon(database, Self.entries, seed: 3, at: now())
  }

  mutating func sleep(until time: Int64) { boot = time }

  mutating func run(until end: Int64) throws {
    while boot < end {
      let now = now()
      for job in daemon.due(at: now) {
        if Int.random(in: 0..<4, using: &random) == 0 { world.move(job.index, .content) }
        polls.append((job.index, boot))
        let snapshot = world.snapshot(job.index)
        if visited[job.index].last != snapshot.digest { visited[job.index].append(snapshot.digest) }
        let result: PollResult =
          snapshot.digest == job.known.headDigest ? .unchanged : .found(snapshot, head: snapshot.digest)
        daemon.take(result, of: job, at: now)
      }
      try daemon.flush()
      boot = daemon.nextWake(after: now, within: 60_000)
    }
  }

  /// No tag sooner than half its interval after its last poll, none later than the longest that is planned and a tick,
  /// and not many at a time.
  ///
  /// - Parameter restarted: under another clock, which says nothing true about what is stored. What lies in its past is
  ///   due, as fast as the registries' rates allow, and what lies too far ahead gets a new place within the interval.
  func expectRegularPolls(restarted: Bool = false) {
    let soonest = restarted ? 0 : Days.interval / 2
    let longest = Days.interval * (restarted ? 26 : 16) / 10 + 60_000
    for tag in 0..<Days.tags {
      let times = polls.filter { $0.tag == tag }.map(\.at)
      for (earlier, later) in zip(times, times.dropFirst()) {
        #expect(later - earlier >= soonest && later - earlier <= longest, "tag \(tag) at \(later)")
      }
      #expect(boot - (times.last ?? 0) <= longest, "tag \(tag) is polled no more")
    }
    guard !restarted else { return }
    let busiest = Dictionary(grouping: polls.dropFirst(Days.tags)) { $0.at / 60_000 }.values.map(\.count).max() ?? 0
    #expect(busiest <= Days.tags / 4, "\(busiest) polls in a minute")
  }

  func expectHistoryInOrder() throws {
    let reader = try HistoryReader.open(database)
    var query = HistoryQuery()
    query.all = true
    for (index, entry) in Days.entries.enumerated() {
      let history = try #require(try reader.history(entry.tag, query))
      #expect(
        history.reversed().map(\.digest) == visited[index], "states of \(entry.tag) in the order they were seen in")
      #expect(history.allSatisfy { $0.firstSeen <= $0.lastSeen })
    }
    let events = try reader.events(EventQuery(), limit: .max).events
    #expect(events.count == visited.reduce(0) { $0 + $1.count })
    for event in events {
      let text = String(decoding: event.body, as: UTF8.self)
      guard let window = text.range(of: #""window":{"not_before":""#) else { continue }
      let times = text[window.upperBound...].split(separator: "\"", maxSplits: 4)
      #expect(times[0] <= times[3], "\(text)")
    }
  }
}
