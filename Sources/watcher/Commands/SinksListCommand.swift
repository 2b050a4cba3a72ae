import Answers
import ArgumentParser
import Config
import History
import Host
import ImageModel

struct SinksListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the configured sinks, what waits for each, and what has failed.",
    usage: "watcher sinks list [<options>] [<name> ...]",
    discussion: "Example: watcher sinks list ops")

  @Argument(help: ArgumentHelp("Sinks to show; without any, all.", valueName: "name"), completion: Completions.sinks)
  var names: [String] = []
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func run() throws {
    let path = try source.path()
    let known = try Self.recorded(path)
    let configured = try configured(isNeeded: known == nil)
    let sinks = SinksRendering.merged(configured: configured, recorded: known?.sinks ?? [])
    try SinkNames.check(names, known: sinks.map(\.name), source: path)
    let shown = names.isEmpty ? sinks : sinks.filter { names.contains($0.name) }
    let rendering = SinksRendering(sinks: shown, isDaemonRunning: known?.isDaemonRunning == true, now: .now())
    try output.print(json: shown.answer, text: rendering.text)
  }

  /// Those of a configuration that is sound; the database knows those of the last one that was.
  ///
  /// - Parameter isNeeded: whether nothing else is known.
  private func configured(isNeeded: Bool) throws -> [SinkSettings] {
    let file = source.config.file
    return isNeeded ? try file.required().sinks : (try? file.required(say: { _ in }))?.sinks ?? []
  }

  /// Before the first run there is no database, and nothing waits: `nil`.
  private static func recorded(_ path: String) throws -> (sinks: [SinkStatus], isDaemonRunning: Bool)? {
    do {
      let reader = try HistoryReader.open(path)
      return (try reader.sinks(), try reader.daemon() != .absent)
    } catch  where error.code == .missing {
      return nil
    }
  }
}
