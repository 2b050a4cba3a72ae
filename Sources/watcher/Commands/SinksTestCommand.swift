import ArgumentParser
import Config
import FoundationEssentials
import ImageModel
import Service

struct SinksTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Send each sink a test event and say what came back.",
    discussion: """
      The event's type is watcher.test; nothing is recorded, and a disabled sink stays disabled. A sink of type stdout \
      prints it.
      Example: watcher sinks test ops
      Exit status: 0; 69 a sink did not take it; 66 no such sink.
      """)

  @Argument(help: ArgumentHelp("Sinks to test; without any, all.", valueName: "name"), completion: Completions.sinks)
  var names: [String] = []
  @OptionGroup var config: ConfigOption

  func run() async throws {
    let settings = try config.file.ready()
    try SinkNames.check(names, known: settings.sinks.map(\.name), source: config.file.path)
    let wanted = settings.sinks.filter { names.isEmpty || names.contains($0.name) }
    let test = try SinkTest(wanted, environment: ProcessInfo.processInfo.environment)
    let results = await test.run()
    for result in results {
      // On standard error: standard output may be a sink.
      Output.say(
        "\(result.sink.shown): "
          + (result.error.map { "failed after \(result.took.milliseconds) ms: \($0)" }
            ?? "took it in \(result.took.milliseconds) ms\(result.status.map { ", HTTP status \($0)" } ?? "")"))
    }
    guard results.allSatisfy({ $0.error == nil }) else {
      throw CommandError(
        .unavailable, "not every sink took the test event (\(config.file.path.shown)): see above what came back")
    }
  }
}
