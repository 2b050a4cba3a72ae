import Answers
import ArgumentParser
import Control
import FoundationEssentials
import History
import Host
import ImageModel
import Questions

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how tags and sinks are doing.",
    usage: "watcher status [<options>] [<tag> ...]",
    discussion: """
      What is wrong comes first.
      Example: watcher status --failing --exit-code
      Exit status: 0; with --exit-code 1 if a tag fails, is unreachable or deleted or has none of its platforms, a \
      repository cannot be listed or none of its tags fits, a sink fails, is disabled or was removed while events wait \
      for it, or the daemon says that something is wrong.
      """)

  @Argument(
    help: ArgumentHelp("Tags to show; without any, those that are watched.", valueName: "tag"),
    completion: Completions.tags)
  var tags: [String] = []
  @Flag(help: "Show only tags that fail, are unreachable or deleted, or have none of their platforms.")
  var failing = false
  @Flag(help: "Give every tag its lines, on a terminal too.")
  var all = false
  @Flag(help: "Exit with 1 when any of these tags, any sink, or the daemon is not well.")
  var exitCode = false
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func run() throws {
    let wanted = try ReferenceArgument.tags(tags)
    let reader = try source.open()
    var report = try reader.status(wanted)
    if report.daemon != .absent {
      report.problem = ControlClient.problem(
        database: reader.path, environment: ProcessInfo.processInfo.environment)
    }
    let shown = failing ? report.failing : report
    let rendering = StatusRendering(report: shown, total: report.tags, now: .now(), showsAll: all || wanted != nil)
    try output.print(json: shown.json, text: rendering.text)
    guard report.unknown.isEmpty else { throw try KnownTags.unknown(report.unknown, in: reader) }
    if exitCode, report.isUnwell { throw CommandStatus.changesFound }
  }
}
