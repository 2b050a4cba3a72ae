import ImageModel
import Logging
import Recording
import Synchronization

/// Logs what happens to tags, sparingly: a failing tag at its 1st, 10th, 100th … failure and when it recovers; of
/// watched tags that fail in the same way at one registry the first ten, then how many they are: 11, 100, 1000 …
final class PollReport: Sendable {
  private static let shownPlatforms = 12

  private let log: Logger
  private let failures = Mutex(FailingTags())
  /// What was said last of a tag's documents: most are as odd as the ones before them.
  private let remarks = Mutex<[TagReference: [String]]>([:])

  init(log: Logger) { self.log = log }

  func log(_ records: [Record]) {
    for record in records {
      let tag = record.tag.description
      for event in record.events {
        log.log(
          level: event.type.isOnByDefault ? .info : .debug, "event_recorded",
          metadata: ["tag": "\(tag)", "type": "\(event.type.rawValue)", "sequence": "\(event.sequence)"])
      }
      if record.isWithheld {
        log.info(
          "move_withheld", metadata: ["tag": "\(tag)", "note": "it moves to and fro; told when it has been quiet"])
      }
      logRemarks(record)
      if let pin = record.unmetPin {
        log.warning("first_seen_with_another_digest", metadata: ["tag": "\(tag)", "expected": "\(pin)"])
      }
      // Who asked for the check of another one is answered.
      guard record.isWatched else { continue }
      if let noPlatform = record.noPlatform { log(noPlatform, record.tag) }
      switch record.outcome {
      case .failed(let failure): logFailure(record.tag, failure)
      case .firstSeen, .unchanged, .changed: logSuccess(record.tag)
      case nil: break
      }
    }
  }

  /// Only these tags are watched from now on.
  func keep(_ watched: [WatchEntry]) { failures.withLock { $0.keep(watched) } }

  /// These tags are not watched any more.
  func leave(_ tags: [TagReference]) { failures.withLock { $0.leave(tags) } }

  /// Logs what was odd about what was found, unless that was said before.
  func logRemarks(_ record: Record) {
    guard !record.remarks.isEmpty else { return }
    let said = remarks.withLock { $0.updateValue(record.remarks, forKey: record.tag) } ?? []
    for remark in record.remarks where !said.contains(remark) {
      log.warning("odd_document", metadata: ["tag": "\(record.tag)", "note": "\(remark)"])
    }
  }

  private func log(_ noPlatform: NoPlatform, _ tag: TagReference) {
    log.warning(
      "no_platform",
      metadata: [
        "tag": "\(tag)", "wanted": "\(Self.names(noPlatform.wanted))", "there": "\(Self.names(noPlatform.there))",
        "note": "none of its platforms is there, so no image of it is watched: correct platforms",
      ])
  }

  private static func names(_ platforms: [Platform]) -> String {
    let more = platforms.count - shownPlatforms
    return platforms.prefix(shownPlatforms).map { $0.description.safe(limit: 80) }.joined(separator: ", ")
      + (more > 0 ? " and \(more) more" : "")
  }

  private func logFailure(_ tag: TagReference, _ failure: CheckFailure) {
    switch failures.withLock({ $0.failed(tag, failure.code) }) {
    case .tag(let count) where Self.isPowerOfTen(count):
      log.warning(
        "poll_failed",
        metadata: [
          "tag": "\(tag)", "code": "\(failure.code.rawValue)", "err": "\(failure.message)", "failures": "\(count)",
        ])
    case .kind(let tags) where tags == FailingTags.toldOneByOne + 1 || Self.isPowerOfTen(tags):
      log.warning(
        "polls_failed",
        metadata: [
          "registry": "\(tag.domain)", "code": "\(failure.code.rawValue)", "tags": "\(tags)", "example": "\(tag)",
          "err": "\(failure.message)", "note": "watcher status shows which tags",
        ])
    case .tag, .kind, nil: break
    }
  }

  private func logSuccess(_ tag: TagReference) {
    switch failures.withLock({ $0.succeeded(tag) }) {
    case .tag(let count): log.info("poll_recovered", metadata: ["tag": "\(tag)", "failures": "\(count)"])
    case .kind(let tags): log.info("polls_recovered", metadata: ["registry": "\(tag.domain)", "tags": "\(tags)"])
    case nil: break
    }
  }

  static func isPowerOfTen(_ number: Int) -> Bool {
    var number = number
    while number > 1, number.isMultiple(of: 10) { number /= 10 }
    return number == 1
  }
}
