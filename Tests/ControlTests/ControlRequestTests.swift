import History
import ImageModel
import StrictJSON
import TestSupport
import Testing

@testable import Control

@Suite struct ControlRequestTests {
  private static let query: DeliveryQuery = {
    var query = DeliveryQuery(states: [.waiting, .failed])
    query.events = [.id("0b9f"), .sequence(42)]
    query.sinks = ["ops", "a \"b\"\n"]
    query.since = Timestamp(milliseconds: 1_790_812_800_000)
    return query
  }()

  private static let tags = [
    TagReference(domain: "127.0.0.1:5000", path: "a/b", tag: "1"),
    .init(domain: "docker.io", path: "library/x", tag: "y"),
  ]

  @Test(
    arguments: [
      .health, .prune, .forget(tags[0]), .hint(tags), .check(nil), .check(tags), .retry(query), .drop(query),
      .retry(DeliveryQuery(states: [])),
    ] as [ControlRequest])
  func aRequestIsOneLineAndComesOutAsItWentIn(_ request: ControlRequest) throws {
    let line = request.line(database: "/var/lib/watcher/ü \"x\".db")
    #expect(!line.contains(UInt8(ascii: "\n")))
    let parsed = try ControlRequest.parse(line)
    #expect(parsed.request == request)
    #expect(parsed.database == "/var/lib/watcher/ü \"x\".db")
  }

  @Test(
    arguments: [
      "", "[]", #"{"command":"health"}"#, #"{"database":"/d"}"#, #"{"command":"retry","database":"/d"}"#,
      #"{"command":"retry","database":"/d","deliveries":{"events":[1.5],"sinks":[],"states":[]}}"#,
      #"{"command":"drop","database":"/d","deliveries":{"events":[],"sinks":[7],"states":[]}}"#,
      #"{"command":"drop","database":"/d","deliveries":{"events":[],"sinks":[],"states":["lost"]}}"#,
      #"{"command":"check","database":"/d","tags":[]}"#, #"{"command":"check","database":"/d","tags":["a:1","a:1"]}"#,
      #"{"command":"check","database":"/d","tags":["A"]}"#, #"{"command":"check","database":"/d","tags":"a"}"#,
      #"{"command":"check","database":"/d","tags":["a@sha256:\#(String(repeating: "0", count: 64))"]}"#,
      #"{"command":"hint","database":"/d"}"#, #"{"command":"hint","database":"/d","tags":[]}"#,
      #"{"command":"stop","database":"/d"}"#,
    ])
  func anythingElseIsRefused(_ text: String) {
    do throws(ControlError) {
      _ = try ControlRequest.parse(Array(text.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.status == .usage)
    }
  }

  @Test func whatIsForTheOwnerAlone() {
    #expect(!ControlRequest.health.isForOwner)
    #expect(ControlRequest.check(nil).isForOwner && ControlRequest.hint(Self.tags).isForOwner)
    #expect(ControlRequest.retry(Self.query).isForOwner && ControlRequest.drop(Self.query).isForOwner)
  }

  @Test func placesOfTheSocket() {
    #expect(ControlSocket.path(database: "/var/lib/w/x.db", environment: [:]) == "/var/lib/w/control.sock")
    #expect(
      ControlSocket.path(database: "/d/x.db", environment: ["RUNTIME_DIRECTORY": "/run/a:/run/b"])
        == "/run/a/control.sock")
    #expect(
      ControlSocket.paths(database: "/d/x.db", environment: [:]) == ["/d/control.sock", "/run/watcher/control.sock"])
  }

  @Test func aResultComesOutAsItWentIn() throws {
    let tag = Self.tags[0]
    let event = RecordedEvent(.imageChanged, sequence: 42, body: Array(#"{"a":"ü \"x\"","b":1.0}"#.utf8))
    let failure = CheckFailure(.denied, "no (x)", remedy: "ask")
    for result in [
      CheckReport.Result(tag: tag, outcome: .changed, events: [event, event]),
      .init(tag: tag, outcome: .failed(failure), events: [event]),
      .init(tag: tag, outcome: .failed(CheckFailure(.dns, "gone")), events: []),
      .init(tag: tag, outcome: .changed, isWithheld: true, events: []),
      .init(tag: tag, outcome: .firstSeen, events: []),
    ] {
      let copy = try #require(CheckReport.Result(json: Self.parse(result.json.bytes)))
      #expect(copy.tag == result.tag && copy.outcome.name == result.outcome.name)
      #expect(copy.outcome.failure == result.outcome.failure && copy.isWithheld == result.isWithheld)
      #expect(copy.events.map(\.body) == result.events.map(\.body))
      #expect(copy.events.map(\.type) == result.events.map(\.type))
    }
  }

  @Test(
    arguments: [
      "{}", #"{"tag":"x"}"#, #"{"tag":"a:1","outcome":"lost","events":[]}"#,
      #"{"tag":"a:1","outcome":"failed","events":[],"error":null}"#,
      #"{"tag":"a:1","outcome":"unchanged","events":[{"type":"watcher.image.changed"}]}"#,
    ])
  func whatIsNoResultIsRefused(_ text: String) throws {
    #expect(try CheckReport.Result(json: Self.parse(Array(text.utf8))) == nil)
  }

  private static func parse(_ bytes: [UInt8]) throws -> JSONValue {
    try StrictJSON.parse(bytes, limits: JSONLimits(bytes: 4096, values: 100))
  }
}
