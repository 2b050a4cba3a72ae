import Delivery
import Logging

extension DeliveryProblem {
  /// Logs it: the end of a sink always, other failures at the 10th, 100th … in a row, and of the database's the first.
  /// That a sink begins to fail is told with what is on record of it (`Settlement`).
  func log(to log: Logger) {
    if cause == .gone {
      return log.error(
        "sink_disabled",
        metadata: [
          "sink": "\(sink)", "err": "\(message)",
          "note": "nothing more is sent until its definition changes or watcher deliveries retry is used on it",
        ])
    }
    guard PollReport.isPowerOfTen(failures), failures > 1 || cause == .outbox else { return }
    log.error(
      "delivery_failed",
      metadata: ["sink": "\(sink)", "cause": "\(cause.rawValue)", "err": "\(message)", "failures": "\(failures)"])
  }
}
