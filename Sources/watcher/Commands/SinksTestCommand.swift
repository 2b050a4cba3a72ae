import ArgumentParser
import Config
import FoundationEssentials
import Glibc
import ImageModel
import Service

struct SinksTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Send each sink a test event and say what came back.",
    discussion: """
      The event's type is watcher.test; nothing is recorded, and a disabled sink stays disabled. A sink of type stdout \
      prints it, as a line of text where that is a terminal.
      Example: watcher sinks test ops
      Exit status: 0; 69 a sink did not take it; 66 no such sink.
      """)

  @Argument(help: ArgumentHelp("Sinks to test; without any, all.", valueName: "name"), completion: Completions.sinks)
  var names: [String] = []
  @OptionGroup var config: ConfigOption

  func run() async throws {
    let settings = try config.file.ready()
    try SinkNames.check(names, known: settings.sinks.map(\.name), source: config.file.path)
    let environment = ProcessInfo.processInfo.environment
    let place = try DatabaseLocation(option: nil, environment: environment).place(configured: settings.database)
    if geteuid() == 0, ServiceSandbox.isAround(place) {
      Output.warning(
        "this is root, outside of the sandbox of watcher.service, which may see and write less: "
          + "'watcher config check' says where")
    }
    let wanted = settings.sinks.filter { names.isEmpty || names.contains($0.name) }
    let test = await SinkTest(
      wanted, of: settings, database: place.path, environment: environment,
      eventText: EventText.onTerminal(environment))
    let results = await test.run()
    // On standard error: standard output may be a sink.
    for result in results { Output.say("\(result.sink.shown): \(Self.words(result))") }
    guard results.allSatisfy({ $0.error == nil }) else {
      throw CommandError(
        .unavailable, "not every sink took the test event (\(config.file.path.shown)): see above what came back")
    }
  }

  private static func words(_ result: SinkTest.Result) -> String {
    guard let took = result.took.map({ "\($0.milliseconds) ms" }) else {
      return "cannot be used (\(result.error ?? ""))"
    }
    if let error = result.error { return "failed after \(took): \(error)" }
    return "took it in \(took)" + (result.status.map { ", HTTP status \($0)" } ?? "")
  }
}
