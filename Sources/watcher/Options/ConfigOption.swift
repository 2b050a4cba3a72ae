import ArgumentParser
import FoundationEssentials

struct ConfigOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The configuration (default: $WATCHER_CONFIG, then \(ConfigFile.usualPath)).", valueName: "file")
  )
  var config: String?

  var file: ConfigFile { ConfigFile(option: config, environment: ProcessInfo.processInfo.environment) }
}
