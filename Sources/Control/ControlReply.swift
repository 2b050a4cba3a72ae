package import History
package import ImageModel
package import StrictJSON
import Synchronization

/// What a request is answered with, in lines of JSON.
package struct ControlReply: Sendable {
  /// One line each, before the result.
  let items: [CheckReport.Result]
  let result: JSONOutput

  package init(_ result: JSONOutput) {
    items = []
    self.result = result
  }

  package init(_ report: CheckReport) {
    items = report.results
    result = .members([
      "polling_ms": .int(Int64((report.pollingSeconds * 1000).rounded())),
      "unlisted": .array(report.unlisted.map(\.json)),
    ])
  }
}

/// How far a long request has come, for whoever waits for it.
package final class ControlProgress: Sendable {
  private let counts = Mutex<(done: Int, total: Int)?>(nil)

  package func set(_ done: Int, of total: Int) { counts.withLock { $0 = (done, total) } }

  /// `nil` for a request that is answered at once.
  var json: JSONOutput? {
    counts.withLock { $0 }.map { .members(["done": .number($0.done), "total": .number($0.total)]) }
  }
}

extension Pruned {
  /// From what a daemon answered.
  package init(reply: JSONValue) throws(ControlError) {
    self.init()
    guard let snapshots = reply["snapshots"]?.integer, let events = reply["events"]?.integer,
      let documents = reply["documents"]?.integer, let deliveries = reply["deliveries"]?.integer
    else { throw .noReply }
    (self.snapshots, self.events) = (Int(snapshots), Int(events))
    (self.documents, self.deliveries) = (Int(documents), Int(deliveries))
  }

  /// For a command that has asked the daemon.
  package var reply: JSONOutput { .object(members) }

  fileprivate var members: [JSONOutput.Member] {
    [
      .init("snapshots", .number(snapshots)), .init("events", .number(events)),
      .init("documents", .number(documents)), .init("deliveries", .number(deliveries)),
    ]
  }
}

extension Forgotten {
  /// From what a daemon answered.
  package init(reply: JSONValue) throws(ControlError) {
    self.init()
    pruned = try Pruned(reply: reply)
    guard let kept = reply["kept"]?.integer else { throw .noReply }
    self.kept = Int(kept)
  }

  /// For a command that has asked the daemon.
  package var reply: JSONOutput { .object(pruned.members + [.init("kept", .number(kept))]) }
}
