import ImageModel
import Logging
import Recording
import Synchronization

/// Logs what happens to tags, sparingly: a failing tag at its 1st, 10th, 100th … failure and when it recovers.
final class PollReport: Sendable {
  private let log: Logger
  private let failures = Mutex<[TagReference: Int]>([:])
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
      switch record.outcome {
      case .failed(let failure): logFailure(record.tag, failure)
      case .firstSeen, .unchanged, .changed: logSuccess(record.tag)
      case nil: break
      }
    }
  }

  /// Logs what was odd about what was found, unless that was said before.
  func logRemarks(_ record: Record) {
    guard !record.remarks.isEmpty else { return }
    let said = remarks.withLock { $0.updateValue(record.remarks, forKey: record.tag) } ?? []
    for remark in record.remarks where !said.contains(remark) {
      log.warning("odd_document", metadata: ["tag": "\(record.tag)", "note": "\(remark)"])
    }
  }

  private func logFailure(_ tag: TagReference, _ failure: CheckFailure) {
    let count = failures.withLock { failures in
      failures[tag, default: 0] += 1
      return failures[tag, default: 1]
    }
    guard Self.isPowerOfTen(count) else { return }
    log.warning(
      "poll_failed",
      metadata: [
        "tag": "\(tag)", "code": "\(failure.code.rawValue)", "err": "\(failure.message)", "failures": "\(count)",
      ])
  }

  private func logSuccess(_ tag: TagReference) {
    guard let count = failures.withLock({ $0.removeValue(forKey: tag) }) else { return }
    log.info("poll_recovered", metadata: ["tag": "\(tag)", "failures": "\(count)"])
  }

  static func isPowerOfTen(_ number: Int) -> Bool {
    var number = number
    while number > 1, number.isMultiple(of: 10) { number /= 10 }
    return number == 1
  }
}
