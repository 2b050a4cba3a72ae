import ArgumentParser
import Config
import FoundationEssentials
import Host
import ImageModel
import Service

struct ConfigCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the configuration, and all that it names, as 'watcher run' would.",
    usage: "watcher config check [<options>] [<file>]",
    discussion: """
      Root checks as the user that the database belongs to, which is the service's, and is warned of what the sandbox \
      of the service may keep from it.
      Example: watcher config check config.example.json
      Exit status: 0 valid; 78 'watcher run' would refuse it, or start and not work in part. Everything that is wrong \
      is listed in one run.
      """)

  @Argument(help: ArgumentHelp("The configuration, as with --config.", valueName: "file"), completion: .file())
  var named: String?
  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  func validate() throws {
    if named != nil && config.config != nil { throw ValidationError("name the configuration once") }
    if named?.isEmpty == true { throw ValidationError("name a file to check") }
  }

  func run() async throws {
    let file = named.map { ConfigFile(option: $0, environment: [:]) } ?? config.file
    let settings = try file.ready()
    let environment = ProcessInfo.processInfo.environment
    let place = try database.location.place(configured: settings.database)
    let user = try Self.becomeUser(of: place, config: file)
    var findings = try await ConfigTrial.findings(settings, database: place, environment: environment)
    if user != nil, ServiceSandbox.isAround(place) { findings += await ServiceSandbox.findings(settings) }
    for text in findings.map(\.shown).texts { Output.say(text) }
    try Self.judge(findings.filter { $0.shown.severity == .error }, file)
    try Output.print(Self.summary(settings, path: file.path, user: user))
  }

  /// Root may do what the service may not.
  private static func becomeUser(of database: DatabasePlace, config: ConfigFile) throws -> String? {
    guard let user = try becomeOwner(of: database.path) ?? becomeOwner(of: directory(of: database.path)) else {
      return nil
    }
    guard config.isReadable else {
      throw CommandError(
        .configuration,
        "\(user.shown) cannot read the configuration (\(config.path.shown)): let the group of that user read it")
    }
    return user
  }

  private static func judge(_ findings: [PreflightFinding], _ file: ConfigFile) throws(CommandError) {
    guard !findings.isEmpty else { return }
    let refused = findings.count { $0.refusal != nil }
    let what =
      refused == 0 ? "'watcher run' would start, and not work in part" : "'watcher run' would refuse the configuration"
    throw CommandError(.configuration, "\(what) (\(file.path.shown)): correct what is listed above")
  }

  /// `/etc/watcher/config.json: valid: 3 tags at 2 registries, 1 sink`.
  static func summary(_ config: WatchConfig, path: String, user: String? = nil) -> String {
    let registries = Set(config.watch.map(\.tag.domain) + config.repositories.map(\.repository.domain)).count
    let spread = registries == 0 ? "" : " at \(Words.count(registries, "registry", "registries"))"
    let repositories = config.repositories.count
    let whole = repositories == 0 ? "" : " and tags of \(Words.count(repositories, "repository", "repositories"))"
    let (tags, sinks) = (Words.count(config.watch.count, "tag") + whole, Words.count(config.sinks.count, "sink"))
    let eyes = user.map { ", checked as user \($0.shown)" } ?? ""
    return "\(path.shown): valid: \(tags)\(spread), \(sinks)\(eyes)\n"
  }
}
