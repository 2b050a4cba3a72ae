import History
import ImageModel
import StrictJSON

@testable import Control

/// Both directions of the control socket.
extension FuzzTarget {
  static let control = [
    FuzzTarget(name: "control-request", check: controlRequest), FuzzTarget(name: "control-reply", check: controlReply),
  ]

  @Sendable private static func controlRequest(_ bytes: [UInt8]) throws {
    let result = Result { () throws(ControlError) in try ControlRequest.parse(bytes) }
    switch result {
    case .success(let (request, database)):
      let line = request.line(database: database)
      try hold(!line.contains { $0 < 0x20 }, "more than a line")
      let again = try ControlRequest.parse(line)
      try same(again.request, request, "written and read again")
      try hold(again.database.utf8.elementsEqual(database.utf8), "another database")
    case .failure(let error):
      try hold(error.status == .usage && error.message.isSafe, "says \(shown(error.message))")
    }
  }

  /// A line of an answer: an item, a result, an error.
  @Sendable private static func controlReply(_ bytes: [UInt8]) throws {
    guard let reply = try? StrictJSON.parse(bytes, limits: JSONLimits(bytes: 1 << 20, values: 1 << 20)) else { return }
    if let item = reply["item"], let result = CheckReport.Result(json: item) {
      let line = result.json.bytes
      let parsed = try StrictJSON.parse(line, limits: JSONLimits(bytes: 1 << 21, values: 1 << 20))
      guard let again = CheckReport.Result(json: parsed) else {
        throw Violation(description: "an item cannot be read again: \(line.text)")
      }
      try same(again.tag, result.tag, "tag")
      try same(again.outcome.failure, result.outcome.failure, "failure")
      try same(again.outcome.name, result.outcome.name, "outcome")
      try hold(again.isWithheld == result.isWithheld, "withheld")
      try same(again.events.map(\.body), result.events.map(\.body), "documents")
    }
    if let result = reply["result"], let outcome = try? DeliveryOutcome(reply: result) {
      try same(
        try? DeliveryOutcome(
          reply: StrictJSON.parse(outcome.json.bytes, limits: .init(bytes: 1 << 21, values: 1 << 20))), outcome, "again"
      )
    }
    if let result = reply["result"], let pruned = try? Pruned(reply: result) {
      let again = try StrictJSON.parse(pruned.reply.bytes, limits: .init(bytes: 1 << 10, values: 16))
      try same(try? Pruned(reply: again), pruned, "pruned again")
    }
    if let error = reply["error"] { try hold(ControlError(reply: error).isReply, "a reply") }
  }
}
