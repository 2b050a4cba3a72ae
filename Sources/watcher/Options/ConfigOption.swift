import ArgumentParser
import FoundationEssentials

struct ConfigOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The configuration (default: $WATCHER_CONFIG, then \(ConfigFile.usualPath)).", valueName: "file")
  )
  var config: String?

  func validate() throws {
    if config?.isEmpty == true { throw ValidationError("--config must name a file") }
  }

  var file: ConfigFile { ConfigFile(option: config, environment: ProcessInfo.processInfo.environment) }
}
