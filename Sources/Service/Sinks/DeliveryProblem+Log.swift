import Delivery
import Logging

extension DeliveryProblem {
  /// Logs it: the end of a sink always, other failures at the 1st, 10th, 100th … in a row.
  func log(to log: Logger) {
    if cause == .gone {
      return log.error(
        "sink_disabled",
        metadata: [
          "sink": "\(sink)", "err": "\(message)",
          "note": "nothing more is sent until its definition changes or watcher deliveries retry is used on it",
        ])
    }
    guard PollReport.isPowerOfTen(failures) else { return }
    log.error(
      "delivery_failed",
      metadata: ["sink": "\(sink)", "cause": "\(cause.rawValue)", "err": "\(message)", "failures": "\(failures)"])
  }
}
