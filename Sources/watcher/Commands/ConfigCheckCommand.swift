import ArgumentParser
import Config
import FoundationEssentials
import ImageModel

struct ConfigCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the configuration, and that the files it names can be read.",
    discussion: """
      Example: watcher config check --config config.example.json
      Exit status: 0 valid, 78 not. Everything that is wrong is listed in one run.
      """)

  @OptionGroup var config: ConfigOption

  func run() throws {
    let file = config.file
    let settings = try file.required()
    let unreadable = settings.unreadableFiles(environment: ProcessInfo.processInfo.environment)
    for problem in settings.warnings + settings.unbuilt + unreadable { Output.say(problem.rendered) }
    guard settings.unbuilt.isEmpty else { throw file.notBuilt }
    let errors = unreadable.count { $0.severity == .error }
    guard errors == 0 else {
      throw CommandError(
        .configuration,
        "\(Words.count(errors, "file")) cannot be read (\(file.path.shown)): correct what is listed above, "
          + "or check as the user that runs watcher")
    }
    try Output.write(Array(Self.summary(settings, path: file.path).utf8))
  }

  /// `/etc/watcher/config.json: valid: 3 tags at 2 registries, 1 sink`.
  static func summary(_ config: WatchConfig, path: String) -> String {
    let registries = Set(config.watch.map(\.tag.domain) + config.repositories.map(\.domain)).count
    let spread = registries == 0 ? "" : " at \(Words.count(registries, "registry", "registries"))"
    let (tags, sinks) = (Words.count(config.watch.count, "tag"), Words.count(config.sinks.count, "sink"))
    return "\(path.shown): valid: \(tags)\(spread), \(sinks)\n"
  }
}
