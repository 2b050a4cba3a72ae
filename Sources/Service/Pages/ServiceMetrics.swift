import Delivery
import History
import Host
import ImageModel
import Polling
import Recording
import Synchronization

/// Everything about the service that is counted outside the engine, and the page that all of it makes.
final class ServiceMetrics: Sendable {
  private struct Change: Hashable {
    let domain: String
    let type: EventType
    let isRollback: Bool
  }

  private struct Deliveries {
    var delivered = 0
    var failed = 0
  }

  private struct State {
    var changes: [Change: Int] = [:]
    var deliveries: [String: Deliveries] = [:]
    var isLastReloadGood = true
    var lastGoodReload: Timestamp
    var sinks: [SinkStatus] = []
    var clockSteps = 0
  }

  /// Registries that have series of their own: those beyond share the label `other`, for every one costs 42 series.
  static let registryLimit = 20

  private let logs: LogCounts
  private let state: Mutex<State>

  init(logs: LogCounts, startedAt now: Timestamp) {
    self.logs = logs
    state = Mutex(State(lastGoodReload: now))
  }

  func recordChanges(_ records: [Record]) {
    for record in records where !record.events.isEmpty {
      state.withLock { state in
        for event in record.events {
          let change = Change(domain: record.tag.domain, type: event.type, isRollback: event.isRollback)
          state.changes[change, default: 0] += 1
        }
      }
    }
  }

  func recordDeliveries(sink: String, _ results: [DeliveryResult]) {
    state.withLock { state in
      for result in results {
        switch result {
        case .delivered: state.deliveries[sink, default: Deliveries()].delivered += 1
        case .failed, .refused: state.deliveries[sink, default: Deliveries()].failed += 1
        }
      }
    }
  }

  func recordReload(isGood: Bool, at now: Timestamp) {
    state.withLock { state in
      state.isLastReloadGood = isGood
      if isGood { state.lastGoodReload = now }
    }
  }

  func recordClockStep() { state.withLock { $0.clockSteps += 1 } }

  var isLastReloadGood: Bool { state.withLock { $0.isLastReloadGood } }

  /// What waits, as the database has it; looked up now and then and not for every page. A sink that was removed has
  /// series as long as something waits for it.
  func recordSinks(_ sinks: [SinkStatus]) {
    state.withLock { $0.sinks = sinks.filter { $0.state != .removed || $0.isOwed } }
  }

  /// - Parameter database: sizes in bytes.
  func page(
    _ polls: PollFigures, _ reports: [RegistryReport] = [], database: (file: Int, log: Int),
    process: ProcessFigures? = .read(),
    versions: [MetricFamily.Label], others: [MetricFamily] = []
  ) -> [UInt8] {
    let state = state.withLock { $0 }
    return PrometheusText.render(
      [MetricFamily("watcher_build_info", .gauge, "Always 1.", [.init(labels: versions, value: 1)])]
        + (process?.families ?? []) + configuration(state) + registries(polls, state) + pulls(reports)
        + repositories(polls)
        + sinks(state) + others
        + store(polls, database) + [
          MetricFamily(
            "watcher_log_messages_total", .counter, "Lines logged.", by: "level", logs.counts, Double.init),
          MetricFamily(
            "watcher_clock_steps_total", .counter, "Times the wall clock was seen to have been set.",
            Double(state.clockSteps)),
        ])
  }

  private func configuration(_ state: State) -> [MetricFamily] {
    [
      MetricFamily(
        "watcher_config_last_reload_successful", .gauge,
        "Whether the last attempt to take over a configuration succeeded.",
        state.isLastReloadGood ? 1 : 0),
      MetricFamily(
        "watcher_config_last_reload_success_timestamp_seconds", .gauge,
        "When a configuration was taken over for the last time.", state.lastGoodReload.seconds),
    ]
  }

  private func registries(_ polls: PollFigures, _ state: State) -> [MetricFamily] {
    var rows = polls.registries.prefix(Self.registryLimit).map { (label: $0.domain, tags: $0.tags, meter: $0.meter) }
    let rest = polls.registries.dropFirst(Self.registryLimit)
    if !rest.isEmpty {
      let meter = rest.reduce(into: RegistryMeter()) { $0 += $1.meter }
      let tags = rest.reduce(into: TagCounts()) { $0 += $1.tags }
      rows.append((label: "other", tags: tags, meter: meter))
    }
    let meters = rows.map { ($0.label, $0.meter) }
    let failures = rows.flatMap { row in
      PollFailureReason.allCases.map { reason in
        MetricFamily.Sample(
          labels: [.init("registry", row.label), .init("reason", reason.rawValue)],
          value: Double(row.meter.failures[reason] ?? 0))
      }
    }
    return [
      MetricFamily(
        "watcher_tags_watched", .gauge, "Tags on the watchlist.", by: "registry", rows.map { ($0.label, $0.tags) }
      ) { Double($0.total) },
      MetricFamily(
        "watcher_tags", .gauge, "Tags on the watchlist by how they are doing now.",
        rows.flatMap { row in
          TagStatus.State.allCases.map { state in
            .init(
              labels: [.init("registry", row.label), .init("state", state.rawValue)], value: Double(row.tags[state]))
          }
        }),
      MetricFamily("watcher_polls_total", .counter, "Polls that have ended.", by: "registry", meters) {
        Double($0.polls)
      },
      MetricFamily("watcher_poll_failures_total", .counter, "Polls that gave no observation.", failures),
      MetricFamily(
        "watcher_poll_duration_seconds", .histogram, "From a poll's turn to its result.",
        meters.flatMap { $1.durations.samples(.init("registry", $0)) }),
      MetricFamily(
        "watcher_last_successful_poll_timestamp_seconds", .gauge, "When a poll gave an observation for the last time.",
        by: "registry", meters.filter { $1.lastSuccess != nil }
      ) { $0.lastSuccess?.seconds ?? 0 },
      MetricFamily(
        "watcher_scheduler_lag_seconds", .gauge, "How late the latest poll of the last minute began.",
        Double(polls.lag.milliseconds) / 1000),
      changes(state, labels: rows.map(\.label)),
    ]
  }

  /// Of registries that say so.
  private func pulls(_ reports: [RegistryReport]) -> [MetricFamily] {
    let limited = reports.filter { $0.limit != nil || $0.remaining != nil }.sorted { $0.name < $1.name }
      .prefix(Self.registryLimit).map { ($0.name, $0) }
    guard !limited.isEmpty else { return [] }
    return [
      MetricFamily(
        "watcher_registry_pulls_limit", .gauge, "Pulls that a registry allows.", by: "registry",
        limited.filter { $1.limit != nil }
      ) { Double($0.limit ?? 0) },
      MetricFamily(
        "watcher_registry_pulls_remaining", .gauge, "Pulls that are left, as a registry said last.", by: "registry",
        limited.filter { $1.remaining != nil }
      ) { Double($0.remaining ?? 0) },
      MetricFamily(
        "watcher_registry_pulls_reset_timestamp_seconds", .gauge, "When all are there again at the latest.",
        by: "registry", limited.filter { $1.resets != nil }
      ) { $0.resets?.seconds ?? 0 },
    ]
  }

  private func repositories(_ polls: PollFigures) -> [MetricFamily] {
    guard !polls.repositories.isEmpty else { return [] }
    return [
      MetricFamily(
        "watcher_repositories", .gauge, "Repositories of which tags are watched, by how listing them goes.",
        RepositoryRecord.Word.allCases.map { word in
          .init(labels: [.init("state", word.rawValue)], value: Double(polls.repositories[word] ?? 0))
        })
    ]
  }

  private func changes(_ state: State, labels: [String]) -> MetricFamily {
    var counts: [Change: Int] = [:]
    for (change, count) in state.changes {
      let label = labels.contains(change.domain) ? change.domain : "other"
      counts[Change(domain: label, type: change.type, isRollback: change.isRollback), default: 0] += count
    }
    // All there are, from the start: an increase from nothing is none.
    for label in labels {
      for type in EventType.allCases where type != .changes {
        counts[Change(domain: label, type: type, isRollback: false), default: 0] += 0
      }
      for type in EventType.allCases where type.isMove || type == .platformAdded {
        counts[Change(domain: label, type: type, isRollback: true), default: 0] += 0
      }
    }
    let samples = counts.map { change, count in
      MetricFamily.Sample(
        labels: [
          .init("registry", change.domain), .init("type", String(change.type.rawValue.trimmingPrefix("watcher."))),
          .init("rollback", change.isRollback ? "true" : "false"),
        ], value: Double(count))
    }
    return MetricFamily(
      "watcher_changes_total", .counter, "Events recorded.",
      samples.sorted { ($0.labels.map(\.value)).lexicographicallyPrecedes($1.labels.map(\.value)) })
  }

  private func sinks(_ state: State) -> [MetricFamily] {
    let counts = state.sinks.map { ($0.name, state.deliveries[$0.name] ?? Deliveries()) }
    let sinks = state.sinks.map { ($0.name, $0) }
    return [
      MetricFamily("watcher_events_delivered_total", .counter, "Events a sink has taken.", by: "sink", counts) {
        Double($0.delivered)
      },
      MetricFamily("watcher_delivery_attempts_total", .counter, "Attempts to deliver.", by: "sink", counts) {
        Double($0.delivered + $0.failed)
      },
      MetricFamily("watcher_delivery_failures_total", .counter, "Attempts that failed.", by: "sink", counts) {
        Double($0.failed)
      },
      MetricFamily(
        "watcher_sink_state", .gauge, "1 for the state that a sink is in.",
        state.sinks.flatMap { sink in
          SinkState.allCases.map { state in
            .init(
              labels: [.init("sink", sink.name), .init("state", state.rawValue)], value: sink.state == state ? 1 : 0)
          }
        }),
      MetricFamily("watcher_outbox_pending", .gauge, "Events that wait for a sink.", by: "sink", sinks) {
        Double($0.waiting)
      },
      MetricFamily(
        "watcher_outbox_oldest_timestamp_seconds", .gauge, "When the oldest event that waits was recorded.",
        by: "sink", sinks.filter { $1.oldestWaiting != nil }
      ) { $0.oldestWaiting?.seconds ?? 0 },
      MetricFamily(
        "watcher_outbox_dead", .gauge, "Deliveries that were given up and rest until retried by hand.", by: "sink",
        sinks
      ) { Double($0.failed) },
    ]
  }

  private func store(_ polls: PollFigures, _ database: (file: Int, log: Int)) -> [MetricFamily] {
    [
      MetricFamily("watcher_db_size_bytes", .gauge, "Size of the database file.", Double(database.file)),
      MetricFamily("watcher_db_wal_bytes", .gauge, "Size of the database's write-ahead log.", Double(database.log)),
      MetricFamily(
        "watcher_db_errors_total", .counter, "Commits that the database refused.", by: "code",
        // Others end the service.
        [StoreError.Code.full, .busy].map { ($0.rawValue, polls.storeErrors[$0] ?? 0) }, Double.init),
    ]
  }
}

extension ProcessFigures {
  fileprivate var families: [MetricFamily] {
    [
      MetricFamily(
        "process_start_time_seconds", .gauge, "When the process was started.", startSeconds),
      MetricFamily("process_resident_memory_bytes", .gauge, "Resident memory.", Double(residentBytes)),
      MetricFamily("process_open_fds", .gauge, "Open file descriptors.", Double(openDescriptors)),
      MetricFamily("process_cpu_seconds_total", .counter, "Processor time used.", cpuSeconds),
    ]
  }
}

extension Timestamp {
  fileprivate var seconds: Double { Double(milliseconds) / 1000 }
}
