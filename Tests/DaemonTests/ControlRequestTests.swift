import History
import ImageModel
import Testing

@testable import Daemon

@Suite struct ControlRequestTests {
  private static let query: DeliveryQuery = {
    var query = DeliveryQuery(states: [.waiting, .failed])
    query.events = [.id("0b9f"), .sequence(42)]
    query.sinks = ["ops", "a \"b\"\n"]
    query.since = Timestamp(milliseconds: 1_790_812_800_000)
    return query
  }()

  @Test(arguments: [.health, .retry(query), .drop(query), .retry(DeliveryQuery(states: []))] as [ControlRequest])
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

  @Test func whoMayChangeDeliveries() {
    #expect(!ControlRequest.health.isForOwner)
    #expect(ControlRequest.retry(Self.query).isForOwner && ControlRequest.drop(Self.query).isForOwner)
  }

  @Test func placesOfTheSocket() {
    #expect(ControlSocket.path(database: "/var/lib/w/x.db", environment: [:]) == "/var/lib/w/control.sock")
    #expect(
      ControlSocket.path(database: "/d/x.db", environment: ["RUNTIME_DIRECTORY": "/run/a:/run/b"])
        == "/run/a/control.sock")
    #expect(
      ControlSocket.places(database: "/d/x.db", environment: [:]) == ["/d/control.sock", "/run/watcher/control.sock"])
  }
}
