import Answers
import ArgumentParser
import Comparison
import FoundationEssentials
import History
import Host
import ImageModel
import Questions
import Service

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed in a tag's images from one state to another.",
    usage: "watcher diff [<options>] <tag> [<from>] [<to>]",
    discussion: """
      Without states: from the last one that had other images to the newest.
      With another tag alone: from the newest of this one to that.
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
    let now = Timestamp.now()
    var (from, to) = (try argument(from, tag, now), try argument(to, tag, now))
    // A second tag alone is the later one.
    if to == nil, let other = from, case .tag = other.meaning { (from, to) = (nil, other) }
    let reader = try source.open()
    let choice = StateChoice(
      tag: tag, from: from, to: to, now: now, zone: output.zone, in: reader, warn: Output.warning)
    let earlier: ComparedState
    let later: ComparedState
    if resolve {
      // No registry is asked for what would have nothing beside it.
      earlier = try choice.earlier(than: nil)
      later = try await named(by: choice.laterTag, reader)
    } else {
      later = try choice.later()
      earlier = try choice.earlier(than: later)
    }
    let answer = choice.answer(from: earlier, to: later)
    try output.print(json: answer.json, text: DiffRendering(answer: answer).text)
  }

  private func argument(
    _ text: String?, _ tag: TagReference, _ now: Timestamp
  ) throws(QuestionError) -> StateArgument? {
    try text.map { text throws(QuestionError) in try StateArgument(text, of: tag, now: now, zone: output.zone) }
  }

  /// As its registry says now.
  private func named(by tag: TagReference, _ reader: HistoryReader) async throws -> ComparedState {
    // Another platform than those that are watched is no news.
    let selection = try reader.record(of: tag)?.selection ?? .all
    let config = try source.config.file.optional()
    let reference = try ReferenceArgument.reference(tag.description)
    do throws(CheckFailure) {
      let resolution = try await Resolver.resolve(
        reference, selection: selection, wasSeen: true, config: config,
        environment: ProcessInfo.processInfo.environment, tell: { Output.say("warning: \($0)".shown) })
      return ComparedState(resolution, of: tag)
    } catch {
      throw CommandError(error, about: reference)
    }
  }
}
