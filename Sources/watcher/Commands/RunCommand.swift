import ArgumentParser
import Config
import FoundationEssentials
import Host
import Service

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Poll, record and deliver, until SIGTERM.",
    discussion: """
      Events go to standard output as JSON lines, unless the configuration says otherwise, and as text where that is a \
      terminal; logs go to standard error.
      Example: watcher run --config config.example.json
      """)

  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  func run() async throws {
    // Before anything that may take long, or for ever: a stop ends it.
    let signals = try SignalWatch()
    let environment = ProcessInfo.processInfo.environment
    let settings = try config.file.ready()
    let path = try database.location.writerPath(configured: settings.database)
    try await RunService.run(
      consume settings, at: config.file.absolutePath, database: path, environment: environment, signals: signals,
      eventText: EventText.onTerminal(environment),
      reload: { [file = config.file] say in try file.ready(say: say, isAnew: true) })
  }
}
