import Answers
import ArgumentParser
import History
import Host
import ImageModel

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
    let digests = try reader.digests(prefix, limit: DigestArgument.shown + 1)
    guard let digest = digests.first else { throw Self.unknown(prefix, in: reader) }
    guard digests.count == 1 else { throw DigestArgument.ambiguous(prefix, digests, in: reader) }
    let uses = try reader.uses(of: digest)
    let rendering = WhichRendering(
      digest: digest, uses: uses, now: .now(), isDaemonRunning: try reader.daemon() != .absent)
    try output.print(json: WhichAnswer(uses: uses).json, text: rendering.text)
  }

  private static func unknown(_ prefix: DigestPrefix, in reader: HistoryReader) -> CommandError {
    CommandError(
      .notFound,
      "no recorded digest begins so (\(prefix) in \(reader.path.shown)): recorded are the image IDs, manifests and "
        + "indexes of the platforms that are watched, from the first check on")
  }
}

/// Digests on the command line.
enum DigestArgument {
  /// Of digests that a beginning fits, those that are told.
  static let shown = 10

  static func ambiguous(
    _ prefix: DigestPrefix, _ digests: [Digest], in reader: HistoryReader
  ) -> CommandError {
    let count = digests.count > shown ? "more than \(shown)" : "\(digests.count)"
    let list = digests.prefix(shown).map(\.description).joined(separator: ", ")
    return CommandError(
      .usage,
      "\(count) digests begin so (\(prefix) in \(reader.path.shown)): write more of the one that is meant: \(list)")
  }

  static func prefix(_ text: String) throws(CommandError) -> DigestPrefix {
    do throws(DigestPrefix.ParseError) {
      return try DigestPrefix(text)
    } catch {
      let reason =
        switch error {
        case .format: "write hexadecimal digits, as in b63c3d5a or sha256:b63c3d5a"
        case .tooShort: "write at least \(DigestPrefix.shortest) digits"
        case .tooLong: "no digest has so many digits"
        case .unsupportedAlgorithm: "registries use sha256, sha384 and sha512"
        }
      throw CommandError(.usage, "not the beginning of a digest (\(text.safe(limit: 300))): \(reason)")
    }
  }
}
