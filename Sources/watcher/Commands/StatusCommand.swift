import Answers
import ArgumentParser
import History
import Host
import ImageModel

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how tags and sinks are doing.",
    usage: "watcher status [<options>] [<tag> ...]",
    discussion: "Example: watcher status amazonlinux:latest")

  @Argument(
    help: ArgumentHelp("Tags to show; without any, those that are watched.", valueName: "tag"),
    completion: Completions.tags)
  var tags: [String] = []
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func run() throws {
    let wanted = try ReferenceArgument.tags(tags)
    let reader = try source.open()
    let report = try reader.status(wanted)
    let rendering = StatusRendering(report: report, now: .now(), isDaemonRunning: reader.hasWriter)
    try output.print(json: report.json, text: rendering.text)
    guard let unknown = report.unknown.first else { return }
    let hint = try KnownTags.hint(for: unknown, in: reader)
    let names = report.unknown.prefix(5).map(\.description.shown).joined(separator: ", ")
    throw CommandError(
      .notFound,
      "nothing is known of \(report.unknown.count == 1 ? "this tag" : "some tags") (\(names) in \(reader.path.shown)): "
        + hint)
  }
}
