import History
import ImageModel
import Recording
import Registry
import Schedule
import TestSupport

@testable import Polling

/// A year of tags that move, vanish and come back, of registries that fail, of a daemon that is stopped and killed, and
/// of a clock that is set.
struct SimulatedYear {
  private static let tagCount = 24
  private static let hour: Int64 = 3_600_000
  private static let day = 24 * hour
  private static let length = 365 * day

  private enum Happening {
    case move(Int, SimulatedWorld.Move)
    /// Back to the state before the last one.
    case flip(Int)
    case vanish(Int), comeBack(Int)
    /// The daemon is down for so long.
    case stop(Int64), kill(Int64)
    /// The wall clock is set.
    case clock(Int64)
    /// Somebody asks.
    case look
  }

  /// What the registries answered, as far as it was recorded.
  private(set) var chronicles: [TagChronicle]
  private(set) var polls = 0
  private(set) var failures = 0
  private(set) var lostAnswers = 0
  private(set) var stops = 0
  private(set) var kills = 0
  private(set) var clockSteps: [Int64] = []

  let database: String
  private let entries: [WatchEntry]
  private var random: TestRandom
  /// Mostly images; some tags name a chart.
  private var world = SimulatedWorld(tags: tagCount) { $0 % 9 == 4 ? .artifact : .image }
  private var absent: Set<Int> = []
  private var happenings: [(at: Int64, what: Happening)] = []
  /// Of each of three registries.
  private var outages: [[Range<Int64>]] = []
  private var boot: Int64 = 0
  private var offset: Int64 = 0
  /// Answers that are in the daemon's memory alone.
  private var unwritten: [(tag: Int, answer: TagChronicle.Answer, at: Timestamp)] = []

  init(database: String, random: TestRandom) {
    (self.database, self.random) = (database, random)
    entries = (0..<Self.tagCount).map { index in
      WatchEntry(
        tag: TagReference(domain: "r\(index % 3).example", path: "app\(index / 3)", tag: "latest"), pinned: nil,
        intervalSeconds: [4, 8, 16][index / 3 % 3] * 3_600, selection: .all, sinks: ["out"],
        unreachableAfterSeconds: 43_200, labels: [:], line: 0)
    }
    chronicles = entries.map { TagChronicle($0.tag, intervalSeconds: $0.intervalSeconds) }
    draw()
  }

  private mutating func draw() {
    func time() -> Int64 { Int64.random(in: 0..<Self.length, using: &random) }
    func span(_ hours: ClosedRange<Int64>) -> Int64 {
      Int64.random(in: hours.lowerBound * Self.hour...hours.upperBound * Self.hour, using: &random)
    }
    for _ in 0..<360 {
      let tag = Int.random(in: 0..<Self.tagCount, using: &random)
      let move = SimulatedWorld.Move.allCases.randomElement(using: &random)
      happenings.append((time(), Bool.random(using: &random) ? .flip(tag) : .move(tag, move ?? .content)))
      happenings.append((time(), .move(tag, move ?? .content)))
    }
    for index in 0..<60 {
      let (tag, from) = (Int.random(in: 0..<Self.tagCount, using: &random), time())
      happenings += [(from, .vanish(tag)), (from + span(1...120), .comeBack(tag))]
      // Some come back as the same images under other manifests.
      if index.isMultiple(of: 3) { happenings.append((from + 1, .move(tag, .repacked))) }
    }
    for _ in 0..<30 {
      happenings += [(time(), .stop(span(0...2))), (time(), .kill(span(0...1)))]
      let (from, step) = (time(), span(0...6) * (Bool.random(using: &random) ? 1 : -1))
      happenings += [(from, .clock(step)), (from + span(1...72), .clock(-step))]
    }
    for _ in 0..<3 { happenings += [(time(), .stop(span(24...96))), (time(), .look)] }
    happenings.sort { $0.at < $1.at }
    for _ in 0..<3 {
      outages.append(
        (0..<8).map { _ in
          let from = time()
          return from..<from + span(0...30)
        })
    }
  }

  private func now() -> Moment {
    Moment(
      boot: BootTime(milliseconds: boot), wall: Timestamp(milliseconds: epoch + boot + offset))
  }

  var isOver: Bool { boot >= Self.length }

  // MARK: It passes

  /// - Parameter look: is called now and then, and at the end.
  mutating func pass(_ look: (SimulatedYear) throws -> Void) throws {
    var daemon = try open()
    defer { daemon.close() }
    var dies: Int64?
    while !isOver {
      while let next = happenings.first, next.at <= boot, dies == nil {
        // What a clock that is set makes of half an hour is not asked here.
        if case .clock = next.what, chronicles.contains(where: \.isDoubtful) { break }
        happenings.removeFirst()
        switch next.what {
        case .kill(let down): dies = down
        case .stop(let down):
          try daemon.flush()
          written()
          stops += 1
          try restart(&daemon, after: down)
        case .look:
          try daemon.flush()
          written()
          try look(self)
        default: happens(next.what)
        }
      }
      let now = now()
      let jobs = daemon.due(at: now)
      for job in jobs { daemon.take(answer(job, at: now), of: job, at: now) }
      if let down = dies, !unwritten.isEmpty {
        lostAnswers += unwritten.count
        unwritten = []
        kills += 1
        dies = nil
        try restart(&daemon, after: down)
      } else if try daemon.commit() {
        written()
      }
      boot = daemon.nextWake(after: self.now(), within: 600_000)
    }
    try daemon.flush()
    written()
    try look(self)
  }

  private func open() throws -> SimulatedDaemon { try SimulatedDaemon(database, entries, seed: 7, at: now()) }

  private mutating func restart(_ daemon: inout SimulatedDaemon, after down: Int64) throws {
    daemon.close()
    boot += down
    daemon = try open()
  }

  private mutating func happens(_ what: Happening) {
    switch what {
    case .move(let tag, let move): world.move(tag, move)
    case .flip(let tag): world.flip(tag)
    case .vanish(let tag): absent.insert(tag)
    case .comeBack(let tag): absent.remove(tag)
    case .clock(let step):
      offset += step
      clockSteps.append(step)
    case .stop, .kill, .look: break
    }
  }

  private mutating func answer(_ job: PollJob, at now: Moment) -> PollResult {
    polls += 1
    let isDown = outages[job.index % 3].contains { $0.contains(boot) }
    if isDown || Int.random(in: 0..<60, using: &random) == 0 {
      failures += 1
      unwritten.append((job.index, .nothing, now.wall))
      return .failed(CheckFailure(.connect, "down"), registryAnswers: false)
    }
    if absent.contains(job.index) {
      unwritten.append((job.index, .missing, now.wall))
      return .failed(CheckFailure(.tagMissing, "gone"), registryAnswers: true)
    }
    let snapshot = world.snapshot(job.index)
    unwritten.append((job.index, .names(snapshot), now.wall))
    let isKnown = snapshot.digest == job.known.headDigest && !job.known.mustWalk && !job.known.mustVerify
    return isKnown ? .unchanged : .found(snapshot, head: snapshot.digest)
  }

  private mutating func written() {
    for one in unwritten { chronicles[one.tag].note(one.answer, at: one.at) }
    unwritten = []
  }
}
