import Answers
import ArgumentParser
import Comparison
import FoundationEssentials
import History
import Host
import ImageModel
import Service

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed in a tag's images from one state to another.",
    usage: "watcher diff [<options>] <tag> [<from>] [<to>]",
    discussion: """
      Without states: from the last one that had other images to the newest.
      Example: watcher diff amazonlinux 7d
      """)

  @Argument(help: "A tag: amazonlinux, ghcr.io/o/i:1", completion: Completions.tags)
  var tag: String
  @Argument(
    help: ArgumentHelp("The earlier state: \(StateArgument.help); or another tag.", valueName: "from"),
    completion: Completions.states)
  var from: String?
  @Argument(
    help: ArgumentHelp("The later state; the newest, if not given.", valueName: "to"), completion: Completions.states)
  var to: String?
  @Flag(help: "Ask the registry for the later state; nothing of it is kept.")
  var resolve = false
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func validate() throws {
    if resolve, to != nil { throw ValidationError("--resolve stands for the later state: leave <to> out") }
  }

  func run() async throws {
    let tag = try ReferenceArgument.tag(tag)
    let choice = try StateChoice(tag: tag, from: argument(from, tag), to: argument(to, tag))
    let reader = try source.open()
    let later = resolve ? try await now(choice.laterTag, reader) : try choice.later(reader, warn)
    let earlier = try choice.earlier(reader, than: later, warn)
    let answer = DiffAnswer(
      from: earlier.side, to: later.side,
      StateComparison(from: earlier.images, to: later.images, areSingle: earlier.isSingle && later.isSingle))
    try output.print(json: answer.json, text: DiffRendering(answer: answer).text)
  }

  private func argument(_ text: String?, _ tag: TagReference) throws(CommandError) -> StateArgument? {
    try text.map { text throws(CommandError) in try StateArgument(text, of: tag, now: .now(), zone: output.zone) }
  }

  private func warn(_ words: String) { Output.warning(words) }

  private func now(_ tag: TagReference, _ reader: HistoryReader) async throws -> ComparedState {
    // Another platform than those that are watched is no news.
    let selection = try reader.record(of: tag)?.selection ?? .all
    let config = try source.config.file.optional()
    let reference = try ReferenceArgument.reference(tag.description)
    do throws(CheckFailure) {
      let resolution = try await Resolver.resolve(
        reference, selection: selection, wasSeen: true, config: config,
        environment: ProcessInfo.processInfo.environment, tell: { Output.say("warning: \($0)".shown) })
      return ComparedState(resolution.snapshot, of: tag)
    } catch {
      throw CommandError(error, about: reference)
    }
  }
}
