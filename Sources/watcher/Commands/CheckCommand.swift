import Answers
import ArgumentParser
import Config
import Control
import FoundationEssentials
import History
import ImageModel
import Questions
import Service

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Poll once now, record, deliver, and report.",
    usage: "watcher check [<options>] [<tag> ...]",
    discussion: """
      Example: watcher check amazonlinux:latest --exit-code
      Beside a running daemon it is the daemon that polls, by its own configuration, and delivers in its own time.
      Exit status: 0; 2 if a tag could not be checked or a repository not be listed; with --exit-code else 1 if \
      anything changed.
      """)

  @Argument(
    help: ArgumentHelp("Tags to check; without any, the whole watchlist.", valueName: "tag"),
    completion: Completions.tags)
  var tags: [String] = []
  @Flag(help: "Exit with 1 when anything changed.")
  var exitCode = false
  @Flag(help: "Print only what changed or failed, and nothing where nothing did; JSON stays whole.")
  var quiet = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var source: QueryOptions

  func run() async throws {
    let wanted = try ReferenceArgument.tags(tags)
    // The daemon has a configuration of its own; what is wrong with the file is no matter beside it.
    var remarks: [String] = []
    let path: String
    do {
      path = try source.path(toChange: true, needsAll: true) { remarks.append($0) }
    } catch {
      for remark in remarks { Output.say(remark) }
      throw error
    }
    let environment = ProcessInfo.processInfo.environment
    let progress = ProgressLine()
    defer { progress.clear() }
    if let wanted { progress.show(0, of: wanted.count) }
    let (report, isShown) = try await HeldDatabase.perform(path) {
      let settings = try source.config.file.ready()
      let path = try source.database.location.writerPath(configured: settings.database)
      if wanted == nil { progress.show(0, of: settings.watch.count) }
      let check = try await OneShotCheck(config: settings, database: path, environment: environment)
      for text in check.faults.texts { Output.say(text) }
      if let path = check.newDatabase {
        Output.warning("there was no database, and a new one is begun (\(path.shown)): what changed before is not told")
      }
      return (try await run(check, wanted, progress), true)
    } asking: { () throws(ControlError) in
      for remark in remarks { Output.say(remark) }
      // It delivers in its own time.
      return (
        try ControlClient.check(wanted, database: path, environment: environment) { progress.show($0, of: $1) }, false
      )
    }
    progress.clear()
    if !isShown { try show(report) }
    if let status = Self.status(report, wantsExitCode: exitCode) { throw status }
  }

  /// Shows what it has found, and then delivers it.
  private func run(
    _ check: OneShotCheck, _ wanted: [TagReference]?, _ progress: ProgressLine
  ) async throws -> CheckReport {
    defer { check.close() }
    let report = try await check.run(wanted) { progress.show($0, of: $1) }
    progress.clear()
    try show(report)
    let delivering = ProgressLine()
    delivering.show("delivering, for at most \(Limits.checkDeliverySeconds) s")
    defer { delivering.clear() }
    let problems = try await check.deliver()
    delivering.clear()
    for problem in problems {
      Output.warning("a sink has not taken all events (\(problem.shown)): 'watcher deliveries list' shows them")
    }
    return report
  }

  private func show(_ report: CheckReport) throws {
    try output.print(json: report.json) { try CheckText(format: $0, isQuiet: quiet).text(report) }
  }

  static func status(_ report: CheckReport, wantsExitCode: Bool) -> CommandStatus? {
    if report.failed > 0 || !report.unlisted.isEmpty { return .someFailed }
    return wantsExitCode && report.changed > 0 ? .changesFound : nil
  }
}
