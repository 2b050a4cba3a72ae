import Answers
import ArgumentParser
import History
import Host
import ImageModel
import Questions

struct WhichCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "which", abstract: "Show which tag a digest belongs to, since when, and what pulls it.",
    usage: "watcher which [<options>] <digest>",
    discussion: "Example: watcher which b63c3d5a")

  @Argument(
    help: ArgumentHelp(
      "A digest or its beginning: six or more hexadecimal digits, 'sha256:' before them or not.", valueName: "digest"),
    completion: Completions.digests)
  var digest: String
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func run() throws {
    let prefix = try DigestArgument.prefix(digest)
    let reader = try source.open()
    let digest = try DigestArgument.digest(prefix, in: reader)
    let uses = try reader.uses(of: digest)
    let rendering = WhichRendering(
      digest: digest, uses: uses, now: .now(), isDaemonRunning: try reader.daemon() != .absent)
    try output.print(json: WhichAnswer(uses: uses).json, text: rendering.text)
  }
}
