import ArgumentParser
import Config
import FoundationEssentials
import Host
import Service

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Poll, record and deliver, until SIGTERM.",
    discussion: """
      Events go to standard output as JSON lines, unless the configuration says otherwise; logs to standard error.
      Example: watcher run --config config.example.json
      """)

  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  func run() async throws {
    // Before anything that may take long, or for ever: a stop ends it.
    let signals = try SignalWatch()
    let environment = ProcessInfo.processInfo.environment
    let settings = try Self.ready(config.file, environment)
    let path = try database.location.writerPath(configured: settings.database)
    try await RunService.run(
      consume settings, database: path, environment: environment, signals: signals,
      reload: { [file = config.file] say in try Self.ready(file, environment, say: say) })
  }

  /// Also says where files are named that cannot be read. What is done about each is for those who need it: a webhook
  /// without its secret cannot be, a registry without its password fails.
  private static func ready(
    _ file: ConfigFile, _ environment: [String: String], say: (String) -> Void = Output.say
  ) throws -> WatchConfig {
    let settings = try file.ready(say: say)
    for problem in settings.unreadableFiles(environment: environment) { say(problem.rendered(as: .warning)) }
    return settings
  }
}
