import ArgumentParser
import Config
import FoundationEssentials
import Glibc
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
      eventText: Self.eventText(environment),
      reload: { [file = config.file] say in try file.ready(say: say, isAnew: true) })
  }

  /// What a person wants to see on a terminal; whatever else reads standard output gets the documents.
  private static func eventText(_ environment: [String: String]) -> (@Sendable ([UInt8]) -> [UInt8])? {
    guard Terminal.isTerminal(STDOUT_FILENO) else { return nil }
    let isPainted = Style.isWanted(.auto, isTerminal: true, environment: environment)
    return { document in
      let format = TextFormat(
        style: Style(isOn: isPainted), charset: Output.charset, width: Terminal.columns(environment: environment))
      return EventText(format: format).bytes(document).dropLast().map(\.self)
    }
  }
}
