import History
import ImageModel
import Polling

/// Tells systemd that the service works, as long as it does: before each message the owner of the schedule and the
/// writer of the database have both answered, and no poll has outlived its limit. When one of them hangs nothing is
/// said, and the watchdog strikes (docs/decisions/0012).
struct Heartbeat: Sendable {
  /// Between two beats where the watchdog leaves time; the status line is not more than this behind.
  private static let longestPause = Duration.seconds(5)
  /// Counted so far and no further, so that a beat costs little whatever waits.
  private static let waitingLimit = 10_000
  private static let namedSinks = 3

  let notifier: ServiceNotifier
  let engine: @Sendable () async -> PollEngine.Load
  /// `nil` where the database refused to tell, which is an answer as well.
  let writer: @Sendable () async -> Outbox?
  /// What else an administrator has to know.
  let remark: @Sendable () -> String?

  /// How deliveries get on.
  struct Outbox: Sendable {
    /// Deliveries that wait, up to `waitingLimit`.
    let waiting: Int
    /// Names of sinks that do not take events.
    var failing: [String] = []
    var disabled: [String] = []
    /// Names of sinks that are not configured any more and that something waits for.
    var removed: [String] = []
  }

  init(
    notifier: ServiceNotifier, engine: @escaping @Sendable () async -> PollEngine.Load,
    writer: @escaping @Sendable () async -> Outbox?, remark: @escaping @Sendable () -> String? = { nil }
  ) {
    self.notifier = notifier
    self.engine = engine
    self.writer = writer
    self.remark = remark
  }

  init(
    notifier: ServiceNotifier, engine: PollEngine, writer: HistoryWriter, remark: @escaping @Sendable () -> String?
  ) {
    self.init(
      notifier: notifier, engine: { await engine.load },
      writer: {
        try? await writer.transaction { store in
          let unwell = try store.unwellSinks()
          return Outbox(
            waiting: try store.waitingDeliveries(limit: Self.waitingLimit),
            failing: unwell.filter { $0.state == .failing }.map(\.name),
            disabled: unwell.filter { $0.state == .disabled }.map(\.name),
            removed: unwell.filter { $0.state == .removed }.map(\.name))
        }
      }, remark: remark)
  }

  /// Says that the service is ready, and then that it still works, until the task is cancelled.
  func run() async {
    guard notifier.isWanted else { return }
    notifier.ready(status: await status())
    while (try? await Task.sleep(for: pause)) != nil {
      let look = await look()
      if !look.hangs { notifier.alive(status: look.line) }
    }
  }

  /// How the service is doing, in one line, once both have answered.
  func status() async -> String { await look().line }

  /// What the two have answered.
  struct Look: Sendable {
    let line: String
    /// Why nothing can be recorded now, if so: an answer as well, but not that of a service that works.
    let refusal: StoreError?
    /// A poll does not end.
    let hangs: Bool
    /// What else an administrator has to know; part of `line`.
    let remark: String?
  }

  func look() async -> Look {
    async let answer = engine()
    async let outbox = writer()
    let load = await answer
    var line = "watching \(load.tags) \(load.tags == 1 ? "tag" : "tags"), \(load.unwell[.failing]) failing"
    for state in [TagStatus.State.unreachable, .deleted] where load.unwell[state] > 0 {
      line += ", \(load.unwell[state]) \(state.rawValue)"
    }
    for word in [RepositoryRecord.Word.failing, .empty] {
      guard let count = load.repositories[word] else { continue }
      line += ", \(count) \(count == 1 ? "repository" : "repositories") \(word.rawValue)"
    }
    if let outbox = await outbox {
      let most = outbox.waiting == Self.waitingLimit ? "+" : ""
      line += ", \(outbox.waiting)\(most) \(outbox.waiting == 1 ? "delivery" : "deliveries") waiting"
      line += Self.words(outbox.failing, "failing") + Self.words(outbox.disabled, "disabled")
      line += Self.words(outbox.removed, "removed and still owed events")
    }
    if load.refusal != nil { line += "; the database cannot be written, see the log" }
    let remark = remark()
    if let remark { line += "; \(remark)" }
    return Look(line: line, refusal: load.refusal, hangs: load.hangs, remark: remark)
  }

  /// `; the sink ops is failing`.
  private static func words(_ sinks: [String], _ state: String) -> String {
    guard let first = sinks.first else { return "" }
    return sinks.count == 1
      ? "; the sink \(first.safe()) is \(state)"
      : "; \(sinks.count) sinks are \(state): \(sinks.prefix(namedSinks).map { $0.safe() }.joined(separator: ", "))"
        + (sinks.count > namedSinks ? " and \(sinks.count - namedSinks) more" : "")
  }

  /// Half of half the watchdog's time: a ping may be late by as much again and is still within one half.
  private var pause: Duration { min(Self.longestPause, notifier.watchdog.map { $0 / 4 } ?? Self.longestPause) }
}
