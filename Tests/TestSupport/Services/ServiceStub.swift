import Foundation

/// A service as its documentation has it: whom it knows, what it takes, how much of it in what time, and how it says that
/// it was too much. Times are milliseconds since some moment. What a client did wrong is kept.
package struct ServiceStub: Sendable {
  package enum Limit: Sendable {
    /// So many in any span of that length.
    case sliding(Int, span: Int)
    /// So many in reserve, and one more each time that so much has passed.
    case bucket(Int, each: Int)
  }

  /// How a service says no to what it will not take.
  struct Objection: Error {
    let status: Int
    let body: String
    init(_ status: Int, _ body: String) { (self.status, self.body) = (status, body) }
  }

  /// The `format` that is for it.
  package let format: String
  /// What a sink's URL has after the origin.
  package var path: String
  /// What a sink's `token_file` has to hold.
  package var token: String?
  package var headers: [String: String] = [:]
  package var parameters: [String: String] = [:]
  package var limits: [Limit] = []
  /// Requests at a time.
  var atOnce = Int.max
  /// Each so many it answers one of these, and takes nothing.
  var stumbles: (each: Int, statuses: [Int])?
  var thanks = ScriptedResponse(200)
  /// Its refusal, given what is left of its limit.
  var tooMany: @Sendable (_ left: Int) -> ScriptedResponse = { _ in ScriptedResponse(429) }
  /// For how long it asks to be left alone then; `nil` where it says nothing of it, and a second is little enough.
  var quiet: (@Sendable (_ left: Int) -> Int)?
  /// All the text of a message, or why it is none.
  let read: @Sendable (ReceivedRequest) throws -> String
  /// A request may have been sent for so long when it comes.
  package var longestWay = 200

  /// By its event's ID, in the order in which they were taken.
  package private(set) var taken: [(id: String, text: String, at: Int)] = []
  package private(set) var refusals = 0
  package private(set) var requests = 0
  /// What no client should do, in words.
  package private(set) var misdeeds: [String] = []
  private(set) var counted: [Int] = []
  private(set) var refused: (at: Int, until: Int)?
  private(set) var underWay = 0

  package mutating func answer(_ request: ReceivedRequest, at now: Int) -> ScriptedResponse {
    requests += 1
    if let refused, now > refused.at + longestWay, now < refused.until {
      misdeeds.append("at \(now) a request though \(refused.at) was answered: not before \(refused.until)")
      return refuse(for: refused.until - now, at: now)
    }
    let text: String
    do {
      text = try read(request)
    } catch {
      guard let objection = error as? Objection else { return ScriptedResponse(500) }
      misdeeds.append("\(objection.status) \(objection.body)")
      return ScriptedResponse(objection.status, body: Array(objection.body.utf8))
    }
    let left = limits.map { self.left(of: $0, at: now) }.max() ?? 0
    if left > 0 { return refuse(for: left, at: now) }
    counted.append(now)
    if let stumbles, requests % stumbles.each == 0 {
      return ScriptedResponse(stumbles.statuses[requests / stumbles.each % stumbles.statuses.count])
    }
    taken.append((request.header("webhook-id") ?? "", text, now))
    return thanks
  }

  /// For services that count connections.
  package mutating func began(at now: Int) {
    underWay += 1
    if underWay > atOnce { misdeeds.append("at \(now) \(underWay) requests at once, and \(atOnce) are wanted") }
  }
  package mutating func ended() { underWay -= 1 }

  private mutating func refuse(for left: Int, at now: Int) -> ScriptedResponse {
    defer { refusals += 1 }
    let until = now + (quiet?(left) ?? 1_000)
    // The first one is what a client could know of when it sent the next.
    refused = (refused.map { $0.until > now ? $0.at : now } ?? now, max(refused?.until ?? 0, until))
    return tooMany(left)
  }

  private func left(of limit: Limit, at now: Int) -> Int {
    switch limit {
    case .sliding(let count, let span):
      return counted.count < count ? 0 : max(0, counted[counted.count - count] + span - now)
    case .bucket(let size, let each):
      // The time at which the reserve is full again, as if each had put it off.
      let full = counted.reduce(0) { max($0, $1) + each }
      return max(0, full - now - (size - 1) * each)
    }
  }

  /// Milliseconds that so many messages need.
  package func needs(_ count: Int) -> Int {
    limits.map { limit in
      switch limit {
      case .sliding(let requests, let span): (count - 1) / requests * span
      case .bucket(let size, let each): max(0, count - size) * each
      }
    }.max() ?? 0
  }

  /// The same, of which somebody else uses a half.
  package var shared: ServiceStub {
    var stub = self
    stub.limits = limits.map { limit in
      switch limit {
      case .sliding(1, let span): .sliding(1, span: span * 2)
      case .sliding(let requests, let span): .sliding(requests / 2, span: span)
      case .bucket(let size, let each): .bucket(size / 2, each: each * 2)
      }
    }
    return stub
  }

  package var saysHowLong: Bool { quiet != nil }

  package static let all: [ServiceStub] = [
    .slack, .mattermost, .discord, .teams, .googleChat, .ntfy, .gotify, .telegram, .matrix, .pushover, .github, .gitlab,
    .jenkins,
  ]
}

// MARK: What stubs read

extension ServiceStub {
  /// As `Retry-After` has it.
  static func seconds(_ milliseconds: Int) -> Int { (milliseconds + 999) / 1_000 }

  static func json(_ text: String) -> [UInt8] { Array(text.utf8) }

  static func demand(_ isRight: Bool, _ status: Int, _ body: String) throws {
    if !isRight { throw Objection(status, body) }
  }

  static func object(_ request: ReceivedRequest, _ body: String, status: Int = 400) throws -> [String: Any] {
    guard request.header("content-type")?.hasPrefix("application/json") == true,
      let object = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
    else { throw Objection(status, body) }
    return object
  }

  /// All strings of a document, however deep.
  static func texts(_ value: Any) -> String {
    switch value {
    case let text as String: text
    case let list as [Any]: list.map(texts).joined(separator: "\n")
    case let object as [String: Any]: object.sorted { $0.key < $1.key }.map { texts($0.value) }.joined(separator: "\n")
    default: ""
    }
  }
}
