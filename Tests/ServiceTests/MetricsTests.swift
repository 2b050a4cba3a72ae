import History
import ImageModel
import Registry
import TestSupport
import Testing

@testable import Polling
@testable import Recording
@testable import Service

@Suite struct MetricsTests {
  private static let now = Timestamp(milliseconds: 1_790_812_800_000)

  private static func text(_ families: [MetricFamily]) -> [String] {
    String(decoding: PrometheusText.render(families), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func textFormat() {
    let families = [
      MetricFamily(
        "a_total", .counter, "Some \"help\"\\\nhere.",
        [
          .init(labels: [.init("x", "1"), .init("y", "a \"b\" \\ c\nd")], value: 3), .init(value: 0.25),
          .init(value: 1_790_812_800.5),
        ]),
      MetricFamily("empty", .gauge, "Left out.", []),
      MetricFamily("b", .gauge, "B.", -1),
    ]
    #expect(
      Self.text(families) == [
        #"# HELP a_total Some "help"\\\nhere."#, "# TYPE a_total counter", #"a_total{x="1",y="a \"b\" \\ c\nd"} 3"#,
        "a_total 0.25", "a_total 1790812800.5", "# HELP b B.", "# TYPE b gauge", "b -1",
      ])
    #expect(PrometheusText.render(families).last == UInt8(ascii: "\n"))
  }

  @Test func bucketsHoldThoseBelowThem() {
    var histogram = DurationHistogram()
    for milliseconds in [0, 50, 51, 700, 30_000, 30_001, 600_000] as [Int64] {
      histogram.record(.milliseconds(milliseconds))
    }
    let samples = histogram.samples(.init("registry", "a"))
    #expect(samples.map(\.value) == [2, 3, 3, 3, 4, 4, 4, 4, 5, 7, 660.802, 7])
    #expect(samples[0].labels.map(\.value) == ["a", "0.05"] && samples[9].labels.map(\.value) == ["a", "+Inf"])
    var twice = histogram
    twice += histogram
    #expect(twice.samples(.init("registry", "a")).map(\.value) == samples.map { 2 * $0.value })
  }

  private static func page(registries: Int) -> [String] {
    let metrics = ServiceMetrics(logs: LogCounts(), startedAt: now)
    metrics.recordSinks(
      ["journal", "audit", "ops"].map {
        SinkStatus(name: $0, type: "stdout", state: .ok, waiting: 2, failed: 1, oldestWaiting: now)
      })
    var meter = RegistryMeter()
    meter.record(.observed(.unchanged), took: .milliseconds(70), at: now)
    var tags = TagCounts()
    tags[.ok] = 1_000 / registries - 3
    (tags[.failing], tags[.pending]) = (2, 1)
    let figures = PollFigures(
      registries: (0..<registries).map { .init(domain: "r\($0).example", tags: tags, meter: meter) },
      lag: .milliseconds(1_500), storeErrors: [.full: 3])
    let changed = RecordedEvent(.imageChanged, sequence: 1, body: [], isRollback: true)
    for domain in ["r0.example", "r\(registries - 1).example", "unwatched.example"] {
      let tag = TagReference(domain: domain, path: "app", tag: "latest")
      metrics.recordChanges([
        Record(
          index: 0, tag: tag, isWatched: true, unmetPin: nil, snapshot: 1, state: TagState(), outcome: .changed,
          isWithheld: false, events: [changed], remarks: [])
      ])
    }
    let page = metrics.page(figures, database: (file: 4096, log: 0), versions: [.init("version", "1")])
    return String(decoding: page, as: UTF8.self).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  @Test func aThousandTagsOfFourRegistriesAreNoMoreThanTwoHundredAndFortySeries() {
    let page = Self.page(registries: 4)
    #expect(page.count <= 240, "\(page.count)")
    #expect(Set(page.map { $0.prefix { $0 != " " } }).count == page.count, "no series twice")
    for line in [
      #"watcher_tags_watched{registry="r3.example"} 250"#, #"watcher_tags{registry="r3.example",state="ok"} 247"#,
      #"watcher_tags{registry="r3.example",state="failing"} 2"#,
      #"watcher_tags{registry="r3.example",state="pending"} 1"#,
      #"watcher_tags{registry="r3.example",state="deleted"} 0"#,
      #"watcher_sink_state{sink="ops",state="ok"} 1"#, #"watcher_sink_state{sink="ops",state="failing"} 0"#,
      #"watcher_polls_total{registry="r0.example"} 1"#,
      #"watcher_poll_failures_total{registry="r0.example",reason="dns"} 0"#, "watcher_scheduler_lag_seconds 1.5",
      #"watcher_poll_duration_seconds_bucket{registry="r0.example",le="0.1"} 1"#,
      #"watcher_last_successful_poll_timestamp_seconds{registry="r0.example"} 1790812800"#,
      #"watcher_changes_total{registry="r0.example",type="image.changed",rollback="true"} 1"#,
      #"watcher_changes_total{registry="other",type="image.changed",rollback="true"} 1"#,
      #"watcher_changes_total{registry="r1.example",type="tag.deleted",rollback="false"} 0"#,
      #"watcher_outbox_pending{sink="ops"} 2"#, #"watcher_outbox_dead{sink="ops"} 1"#,
      #"watcher_outbox_oldest_timestamp_seconds{sink="ops"} 1790812800"#, #"watcher_db_errors_total{code="full"} 3"#,
      "watcher_config_last_reload_successful 1", "watcher_db_size_bytes 4096",
    ] {
      #expect(page.contains(line), "\(line)")
    }
  }

  @Test func registriesBeyondTheLimitAreOne() {
    let page = Self.page(registries: 100)
    #expect(page.contains(#"watcher_tags_watched{registry="other"} 800"#))
    #expect(page.contains(#"watcher_polls_total{registry="other"} 80"#))
    #expect(page.contains(#"watcher_tags{registry="other",state="ok"} 560"#))
    #expect(page.contains(#"watcher_changes_total{registry="other",type="image.changed",rollback="true"} 2"#))
    #expect(!page.contains { $0.contains("r20.example") } && page.contains { $0.contains("r19.example") })
  }
}
