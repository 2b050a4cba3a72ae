import Config
import History
import ImageModel
import Questions
import Service

/// How sinks are doing, for people.
struct SinksRendering {
  let sinks: [SinkStatus]
  let isDaemonRunning: Bool
  let now: Timestamp

  /// The configured sinks, in order, then what else the database knows: sinks that were removed, or that a daemon
  /// still has which started with another configuration. One that was never used has nothing waiting.
  static func merged(configured: [SinkSettings], recorded: [SinkStatus]) -> [SinkStatus] {
    let names = Set(configured.map(\.name))
    return configured.map { sink in
      recorded.first { $0.name == sink.name }
        ?? SinkStatus(
          name: sink.name, type: sink.kind.typeName, state: .ok, waiting: 0, failed: 0, oldestWaiting: nil)
    } + recorded.filter { !names.contains($0.name) }
  }

  func text(_ format: TextFormat) -> String { lines(format).map { $0 + "\n" }.joined() }

  /// A row per sink, and below it what somebody has to know of it.
  func lines(_ format: TextFormat) -> [String] {
    var columns: [TextTable.Column] = [
      "SINK", "TYPE", "STATE", .init("WAITING", isRight: true), .init("FAILED", isRight: true),
      .init("OLDEST WAITING (\(format.times.zone))"),
    ]
    var table = TextTable(columns)
    table.rows = sinks.map { row($0, format) }
    let isWide = table.fits(format.width)
    if !isWide {
      columns.removeLast()
      table = TextTable(columns)
      table.rows = sinks.map { Array(row($0, format).dropLast()) }
    }
    let lines = table.lines(format.style)
    return [lines[0]]
      + zip(lines.dropFirst(), sinks).flatMap { line, sink in
        let oldest = isWide ? nil : sink.oldestWaiting.map { "    oldest waiting \(format.times($0))" }
        return [line] + [oldest].compactMap(\.self) + details(sink, format)
      }
  }

  private func row(_ sink: SinkStatus, _ format: TextFormat) -> [TextTable.Cell] {
    [
      .init(sink.name.shown, .strong),
      .init(sink.type.shown),
      .init(sink.isResting ? "resting" : sink.state.rawValue, sink.paint),
      .init(String(sink.waiting), sink.waiting > 0 ? .notable : .plain),
      .init(String(sink.failed), sink.failed > 0 ? .bad : .plain),
      .init(format.times(sink.oldestWaiting)),
    ]
  }

  private func details(_ sink: SinkStatus, _ format: TextFormat) -> [String] {
    let retry = "'watcher deliveries retry --sink \(sink.name.shown)'"
    let since = sink.failingSince.map { "since \(format.times($0)): " } ?? ""
    let error = (sink.failure?.message ?? "").shown
    var sentences: [String] = []
    switch sink.state {
    case .ok where sink.isResting:
      let reason = error.isEmpty ? "" : " (\(error))"
      sentences.append("rests until \(format.times(sink.nextAttempt)), as its receiver asked\(reason)")
    case .failing:
      sentences.append(since + error)
      sentences.append(nextAttempt(sink, format))
    case .disabled:
      sentences.append("\(since)its receiver wants nothing more" + (error.isEmpty ? "" : " (\(error))"))
      sentences.append("\(retry) enables it, and so does another definition of it")
    case .removed where sink.isOwed:
      let wait = Words.count(sink.waiting, "delivery waits", "deliveries wait")
      sentences.append(
        "it is not configured any more, and \(wait): put it back, or "
          + "'watcher deliveries drop --sink \(sink.name.shown)' gives up what waits")
    case .ok, .removed: break
    }
    if sink.failed > 0, sink.state != .removed {
      let given = "\(Words.count(sink.failed, "delivery was", "deliveries were")) given up"
      sentences.append(sink.state == .disabled ? given : "\(given): \(retry) tries again")
    }
    return Lines.of(sentences.joined(separator: "; "), width: format.width).map { format.style.paint($0, sink.paint) }
  }

  private func nextAttempt(_ sink: SinkStatus, _ format: TextFormat) -> String {
    guard sink.waiting > 0 else { return "the next event is the next attempt" }
    guard isDaemonRunning else { return "it is tried again when a daemon runs" }
    guard let next = sink.nextAttempt, next > now else { return "the next attempt is due, or under way" }
    return "next attempt \(format.times(next))"
  }
}

extension SinkStatus {
  fileprivate var paint: Style.Paint {
    switch state {
    case .ok: isResting || failed > 0 ? .notable : .good
    case .failing, .disabled: .bad
    case .removed: isOwed ? .bad : .notable
    }
  }
}
