import Answers
import Config
import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

@Suite struct DeliveriesRenderingTests {
  private static func rendering() throws -> DeliveriesRendering {
    let time = try Samples.time("2026-09-17T21:45:05Z")
    let id = "0b9f77aa-1111-4222-8333-444455556666"
    return DeliveriesRendering(
      deliveries: [
        StoredDelivery(
          sink: "ops", sinkState: .ok, sequence: 42, eventID: id, type: .imageChanged, tag: Samples.tag, state: .failed,
          attempts: 10,
          nextAttempt: nil, delivered: nil,
          lastError: "the receiver answered 503 \u{1b}[31m(https://hooks.example.com/watcher): look into its log"),
        StoredDelivery(
          sink: "journal", sinkState: .ok, sequence: 1_043, eventID: id, type: .tagDeleted, tag: Samples.app,
          state: .waiting,
          attempts: 2, nextAttempt: time, delivered: nil, lastError: nil),
        StoredDelivery(
          sink: "ops", sinkState: .ok, sequence: 1_044, eventID: id, type: .tagRestored, tag: Samples.tag,
          state: .waiting,
          attempts: 0, nextAttempt: nil, delivered: nil, lastError: nil),
        StoredDelivery(
          sink: "ops", sinkState: .ok, sequence: 1_045, eventID: id, type: .tagRestored, tag: Samples.tag,
          state: .delivered,
          attempts: 1, nextAttempt: nil, delivered: time, lastError: nil),
        StoredDelivery(
          sink: "gone", sinkState: .disabled, sequence: 1_046, eventID: id, type: .changes, tag: nil, state: .waiting,
          attempts: 0, nextAttempt: nil, delivered: nil, lastError: nil),
      ], now: try Samples.time("2026-09-17T21:31:00Z"))
  }

  @Test func text() throws {
    #expect(
      try Self.rendering().text(TextFormat(width: 80)) == """
        EVENT  SINK     STATE      ATTEMPTS  NEXT ATTEMPT (UTC)
           42  ops      failed           10  -
            image changed  amazonlinux:latest  id 0b9f77aa-1111-4222-8333-444455556666
            the receiver answered 503 \\u{1b}[31m(https://hooks.example.com/watcher):
            look into its log
         1043  journal  waiting           2  2026-09-17 21:45:05
            deleted  ghcr.io/example/app:stable  id 0b9f77aa-1111-4222-8333-444455556666
         1044  ops      waiting           0  due
            restored  amazonlinux:latest  id 0b9f77aa-1111-4222-8333-444455556666
         1045  ops      delivered         1  -
            restored  amazonlinux:latest  id 0b9f77aa-1111-4222-8333-444455556666
            delivered 2026-09-17 21:45:05
         1046  gone     waiting           0  sink disabled
            group  id 0b9f77aa-1111-4222-8333-444455556666

        """)
  }

  @Test func json() throws {
    let document = String(decoding: try Self.rendering().deliveries.answer.bytes, as: UTF8.self)
    #expect(
      document.hasPrefix(
        """
        {"deliveries":[{"sink":"ops","sequence":"000000000042","id":"0b9f77aa-1111-4222-8333-444455556666",\
        "type":"watcher.image.changed","tag":"docker.io/library/amazonlinux:latest","state":"failed","attempts":10,\
        "next_attempt":null,"delivered":null,"last_error":"the receiver answered 503 \\u001b[31m
        """))
    #expect(document.contains(#""state":"waiting","attempts":2,"next_attempt":"2026-09-17T21:45:05.000Z","deliver"#))
    #expect(
      document.contains(
        #""attempts":1,"next_attempt":null,"delivered":"2026-09-17T21:45:05.000Z","last_error":null},"#))
    #expect(document.contains(#""type":"watcher.changes","tag":null,"state":"waiting""#), "it tells of several")
  }

  @Test func nothingToShow() {
    let none = DeliveriesRendering(deliveries: [], now: Timestamp(milliseconds: 0))
    #expect(none.text(TextFormat()) == "there are no such deliveries\n")
    #expect(none.deliveries.answer.bytes == Array(#"{"deliveries":[]}"#.utf8))
  }

  @Test func configuredSinksComeFirstThenWhatElseIsKnown() {
    func status(_ name: String, _ state: SinkState, waiting: Int) -> SinkStatus {
      SinkStatus(name: name, type: "file", state: state, waiting: waiting, failed: 0, oldestWaiting: nil)
    }
    let sinks = SinksRendering(
      sinks: SinksRendering.merged(
        configured: [SinkSettings(name: "new", kind: .stdout), SinkSettings(name: "audit", kind: .file(path: "/a"))],
        recorded: [status("old", .removed, waiting: 3), status("audit", .ok, waiting: 0)]),
      isDaemonRunning: true, now: Timestamp(milliseconds: 0))
    #expect(
      sinks.text(TextFormat()) == """
        SINK   TYPE    STATE    WAITING  FAILED  OLDEST WAITING (UTC)
        new    stdout  ok             0       0  -
        audit  file    ok             0       0  -
        old    file    removed        3       0  -
            it is not configured any more, and 3 deliveries wait: put it back, or 'watcher deliveries drop --sink old' \
        gives up what waits

        """)
    #expect(
      String(decoding: sinks.sinks.answer.bytes, as: UTF8.self).hasPrefix(
        #"{"sinks":[{"name":"new","type":"stdout","state":"ok","waiting":0,"failed":0,"oldest_waiting":null,"failing_since":null,"next_attempt":null,"error":null},{"name":"#
      ))
  }
}
