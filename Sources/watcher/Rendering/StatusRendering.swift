import History
import ImageModel
import Questions

/// How tags and sinks are doing, for people: what is wrong comes first.
struct StatusRendering {
  let report: StatusReport
  /// Those that were asked about, of which `report` may show a part.
  let total: [TagStatus]
  let now: Timestamp
  /// Every tag has lines of its own, on a terminal too.
  var showsAll = false

  /// Without a daemon nothing is checked when its time comes. Where that cannot be told, there may be one.
  private var isDaemonRunning: Bool { report.daemon != .absent }

  func text(_ format: TextFormat) -> String {
    let sinks =
      report.sinks.isEmpty
      ? [] : SinksRendering(sinks: report.sinks, isDaemonRunning: isDaemonRunning, now: now).lines(format)
    let tags = report.tags.isEmpty ? [] : tagLines(format)
    let repositories = RepositoryRows(repositories: report.repositories, now: now).lines(format)
    let details = (report.sinks.contains(where: \.isUnwell) ? [sinks, tags] : [tags, sinks]) + [repositories]
    // Where nothing is checked, that is what is wrong.
    let blocks =
      isDaemonRunning || total.isEmpty
      ? [summary(format)] + details + [daemonLines(format)] : [summary(format), daemonLines(format)] + details
    return blocks.filter { !$0.isEmpty }.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
  }

  private func tagLines(_ format: TextFormat) -> [String] {
    let rows = StatusRows(tags: report.tags, isDaemonRunning: isDaemonRunning, rests: report.rests, now: now)
    return rows.lines(format, showsAll: showsAll || format.width == nil)
  }

  /// `300 tags: 280 ok, 20 failing`, and what else is to be known before all details.
  private func summary(_ format: TextFormat) -> [String] {
    let problem = report.problem.map { Lines.of($0.shown, width: format.width, margin: 0) } ?? []
    var lines = problem.map { format.style.paint($0, .bad) }
    if !report.repositories.isEmpty {
      let line = Self.counted(
        report.repositories.map(\.word.rawValue), RepositoryRecord.Word.allCases.map(\.rawValue), "repository",
        "repositories")
      lines.append(report.repositories.contains(where: \.isUnwell) ? format.style.paint(line, .bad) : line)
    }
    guard !total.isEmpty else {
      return lines + [report.unknown.isEmpty ? "no tags are watched" : "none of these tags is known"]
    }
    let tags = Self.counted(total.map(\.word), TagStatus.words, "tag")
    lines.append(total.contains(where: \.isUnwell) ? format.style.paint(tags, .bad) : tags)
    if !report.sinks.isEmpty {
      let states = report.sinks.map { $0.isResting ? "resting" : $0.state.rawValue }
      let line = Self.counted(states, ["ok", "failing", "disabled", "resting", "removed"], "sink")
      lines.append(report.sinks.contains(where: \.isUnwell) ? format.style.paint(line, .bad) : line)
    }
    for (registry, until) in report.rests.sorted(by: { $0.key < $1.key }) where until > now {
      let line = "\(registry.shown) asked for a rest: none of its tags is checked before \(format.times(until))"
      lines += Lines.of(line, width: format.width, margin: 0).map { format.style.paint($0, .notable) }
    }
    return lines + report.registries.flatMap { registryLines($0, format) }
  }

  /// What is to be known of a registry before its tags are believed.
  private func registryLines(_ registry: RegistryStatus, _ format: TextFormat) -> [String] {
    let endpoint = registry.endpoint.map {
      Lines.of(
        "\(registry.name.shown) is asked at \($0.shown): what is seen is as fresh as that", width: format.width,
        margin: 0)
    }
    let facts = (endpoint ?? []) + (reportLines(registry, format))
    guard registry.isUnverified else { return facts }
    let line = "\(registry.name.shown) is taken by its word: no certificate is verified (insecure_skip_verify)"
    return facts + Lines.of(line, width: format.width, margin: 0).map { format.style.paint($0, .notable) }
  }

  /// Where its log-in comes from, and what is left of its limit on pulls.
  private func reportLines(_ registry: RegistryStatus, _ format: TextFormat) -> [String] {
    guard let report = registry.report else { return [] }
    var parts = report.credentials.map { ["log-in from \($0.shown)"] } ?? []
    if let remaining = report.remaining {
      let limit = report.limit.map { " of \($0)" } ?? ""
      let until = report.resets.map { ", all again by \(format.times($0))" } ?? ""
      parts.append("\(remaining)\(limit) pulls left\(until)")
    }
    guard !parts.isEmpty else { return [] }
    return Lines.of("\(registry.name.shown): \(parts.joined(separator: "; "))", width: format.width, margin: 0)
  }

  private static func counted(
    _ states: [String], _ order: [String], _ what: String, _ many: String? = nil
  ) -> String {
    let counts = Dictionary(states.map { ($0, 1) }, uniquingKeysWith: +)
    let words = order.compactMap { state in counts[state].map { "\($0) \(state)" } }
    return "\(Words.count(states.count, what, many)): \(words.joined(separator: ", "))"
  }

  private func daemonLines(_ format: TextFormat) -> [String] {
    let database = "database \(report.database.shown)"
    let (line, paint): (String, Style.Paint) =
      switch report.daemon {
      case .running(let daemon):
        (
          "watcher \(daemon.version.shown) runs as pid \(daemon.pid) since \(format.times(daemon.since)) on "
            + "\(daemon.configuration.shown), \(database)", .plain
        )
      case .absent:
        (
          "no daemon is running, \(database): nothing is checked until 'watcher run' or 'watcher check'",
          total.isEmpty ? .plain : .bad
        )
      case .unknown(let isHeld):
        (
          "whether a daemon is running cannot be told, \(database): "
            + (isHeld ? "somebody writes to it, and its lock does not say who" : "you may not read its lock")
            + "; 'watcher health' asks", .notable
        )
      }
    return Lines.of(line, width: format.width, margin: 0).map { format.style.paint($0, paint) }
  }
}
