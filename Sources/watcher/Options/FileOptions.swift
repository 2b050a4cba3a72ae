import ArgumentParser
import FoundationEssentials

struct ConfigOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration (default: $WATCHER_CONFIG, then \(ConfigFile.usualPath)).", valueName: "file"),
    completion: .file()
  )
  var config: String?

  func validate() throws {
    if config?.isEmpty == true { throw ValidationError("--config must name a file") }
  }

  var file: ConfigFile { ConfigFile(option: config, environment: ProcessInfo.processInfo.environment) }
}

struct DatabaseOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database (default: $WATCHER_DATABASE, then the configuration's, then the service's or your own).",
      valueName: "file"), completion: .file())
  var database: String?

  func validate() throws {
    if database?.isEmpty == true { throw ValidationError("--database must name a file") }
  }

  var location: DatabaseLocation {
    DatabaseLocation(option: database, environment: ProcessInfo.processInfo.environment)
  }
}
