import Answers
import ArgumentParser
import Config
import History

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
    let recorded = try Self.recorded(database.location.path(configured: settings.database))
    let sinks = SinksRendering.merged(configured: settings.sinks, recorded: recorded)
    try SinkNames.check(names, known: sinks.map(\.name), source: config.file.path)
    let shown = names.isEmpty ? sinks : sinks.filter { names.contains($0.name) }
    try output.print(json: shown.answer, text: SinksRendering(sinks: shown).text)
  }

  /// Before the first run there is no database, and nothing waits.
  private static func recorded(_ path: String) throws -> [SinkStatus] {
    do {
      return try HistoryReader.open(path).sinks()
    } catch  where error.code == .missing {
      return []
    }
  }
}
