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
  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let settings = try config.file.required()
    let (recorded, isDaemonRunning) = try Self.recorded(database.location.path(configured: settings.database))
    let sinks = SinksRendering.merged(configured: settings.sinks, recorded: recorded)
    try SinkNames.check(names, known: sinks.map(\.name), source: config.file.path)
    let shown = names.isEmpty ? sinks : sinks.filter { names.contains($0.name) }
    let rendering = SinksRendering(sinks: shown, isDaemonRunning: isDaemonRunning, now: .now())
    try output.print(json: shown.answer, text: rendering.text)
  }

  /// Before the first run there is no database, and nothing waits.
  private static func recorded(_ path: String) throws -> (sinks: [SinkStatus], isDaemonRunning: Bool) {
    do {
      let reader = try HistoryReader.open(path)
      return (try reader.sinks(), try reader.daemon() != nil)
    } catch  where error.code == .missing {
      return ([], false)
    }
  }
}
