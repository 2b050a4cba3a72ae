import Config
import History
import ImageModel
import Service

/// How sinks are doing, for people.
struct SinksRendering {
  let sinks: [SinkStatus]

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

  func lines(_ format: TextFormat) -> [String] {
    var table = TextTable([
      "SINK", "TYPE", "STATE", .init("WAITING", isRight: true), .init("FAILED", isRight: true),
      .init("OLDEST WAITING (\(format.times.zone))"),
    ])
    table.rows = sinks.map { sink in
      [
        .init(sink.name.shown, .strong),
        .init(sink.type.shown),
        .init(sink.state.rawValue, sink.state == .ok ? .good : .notable),
        .init(String(sink.waiting), sink.waiting > 0 ? .notable : .plain),
        .init(String(sink.failed), sink.failed > 0 ? .bad : .plain),
        .init(format.times(sink.oldestWaiting)),
      ]
    }
    return table.lines(format.style)
  }
}
