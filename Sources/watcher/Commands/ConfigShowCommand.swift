import ArgumentParser
import Config
import FoundationEssentials
import ImageModel
import Service

struct ConfigShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the configuration with all that it does not say, without secrets.",
    usage: "watcher config show [<options>] [<file>]",
    discussion: """
      Tags and paths are written in full. What may be secret is ***: headers, and the paths of webhooks' addresses.
      Example: watcher config show config.example.json --origin
      """)

  @Argument(help: ArgumentHelp("The configuration, as with --config.", valueName: "file"), completion: .file())
  var named: String?
  @Flag(help: "Say of each value where it comes from: file, line and column, or 'default'.")
  var origin = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  func validate() throws {
    if named != nil && config.config != nil { throw ValidationError("name the configuration once") }
    if named?.isEmpty == true { throw ValidationError("name a file to show") }
  }

  func run() throws {
    let file = named.map { ConfigFile(option: $0, environment: [:]) } ?? config.file
    let (bytes, settings) = try file.document()
    let path = try database.location.path(configured: settings.database)
    let effective = EffectiveConfig(
      settings, bytes, database: (path, database.location.origin(configured: settings.database)),
      in: FileManager.default.currentDirectoryPath)
    let rendering = ConfigRendering(config: effective)
    try output.print(
      json: origin ? rendering.originsDocument : effective.document, text: origin ? rendering.origins : rendering.text)
  }
}
