import ImageModel
import Schedule
import TestSupport

let second: Int64 = 1000
let minute: Int64 = 60_000
let hour: Int64 = 3_600_000

extension BootTime {
  static let start = BootTime(milliseconds: 0)
}

func tagName(_ number: Int) -> String { "registry.example.com/team/app-\(number):latest" }

extension PollPlan {
  /// A plan of `count` tags of one registry.
  init(
    _ count: Int, intervalSeconds: Int, concurrency: Int = 256, seed: UInt64 = 1, resume: (Int) -> Resume
  ) {
    self.init(seed: seed)
    let registry = setRegistry("registry.example.com", maxConcurrency: concurrency)
    for tag in 0..<count {
      add(tag, name: tagName(tag), registry: registry, intervalSeconds: intervalSeconds, resume: resume(tag))
    }
  }

  /// Lets time run as a daemon would: wakes when something is due and at least once a minute, and finishes
  /// each poll at once.
  ///
  /// - Parameter polled: is told the tag, when it was polled, and when it is due next.
  mutating func run(
    from start: BootTime, until end: BootTime, random: inout SplitMix64,
    outcome: (_ tag: Int, _ now: BootTime) -> PollOutcome = { _, _ in .success },
    polled: (_ tag: Int, _ now: BootTime, _ next: BootTime) -> Void
  ) {
    var now = start
    while now <= end {
      for tag in due(at: now) {
        let next = finish(tag, outcome(tag, now), at: now, random: &random)
        polled(tag, now, next)
      }
      now = min(nextWake(after: now).map { max($0, now + 1) } ?? .distantFuture, now + minute)
    }
  }
}
